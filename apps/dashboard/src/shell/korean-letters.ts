import '@fontsource/noto-sans-kr/400.css';
import '@fontsource/noto-sans-kr/700.css';

// Chromium leaves a text as it was that waits for several of these files: a change of what all texts inherit has it laid out again.
document.fonts.addEventListener('loadingdone', () => {
  const { style } = document.body;
  style.wordSpacing = style.wordSpacing === '' ? '0.001em' : '';
});
