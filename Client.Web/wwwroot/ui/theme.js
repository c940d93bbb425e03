// Before anything is painted, so that a page does not flash in the other theme. Not a module: those wait.
try {
  const theme = localStorage.getItem("taskgrid.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing follows the system.
}
