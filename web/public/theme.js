// Runs before the first paint, so that a chosen theme never flashes.
(function () {
  try {
    var theme = localStorage.getItem('throughline.theme');
    if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
    var density = localStorage.getItem('throughline.density');
    if (density === 'compact') document.documentElement.dataset.density = density;
  } catch {
    // Storage may be switched off; the system's theme serves then.
  }
})();
