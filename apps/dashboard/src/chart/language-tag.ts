// A Chromium that is started without a locale (LANG=C, as on many a wall) calls its language "en-US@posix", which is no language tag:
// uPlot asks Intl for it while it is loaded, and throws (findings/uplot-posix-locale.sh). This has to be imported before it.
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}
