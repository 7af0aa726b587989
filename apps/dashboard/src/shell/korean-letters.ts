import '@fontsource/noto-sans-kr/400.css';
import '@fontsource/noto-sans-kr/700.css';

// Chromium keeps words as it shaped them while several of these files were on their way, empty where the machine has no Korean letters
// of its own. A feature that no font has makes it shape them anew.
let arrivals = 0;
document.fonts.addEventListener('loadingdone', () => {
  document.documentElement.style.fontFeatureSettings = `"anew" ${(arrivals += 1)}`;
});
