// Runs before the first paint, so that a dark page does not flash white. The content security policy forbids inline
// scripts, hence a file.
(function () {
  var kept = null;
  try {
    kept = localStorage.getItem("prosa-scheme");
  } catch (error) {
    // storage may be blocked: the system's preference is used
  }
  var dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
