// Chooses light or dark before anything is drawn, so that no page flashes. Runs before the modules, hence plain.
(() => {
  let wanted = "auto";
  try {
    wanted = localStorage.getItem("tiercel-scheme") || "auto";
  } catch {
    // A browser that keeps nothing follows the system.
  }
  const dark = wanted === "dark" || (wanted === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
