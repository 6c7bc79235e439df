/** Mantine as we like it: compact, and with nothing that the content policy refuses. */
import { createTheme, Drawer, Menu, Modal, Popover, Tooltip } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: "sm",
  respectReducedMotion: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', 'DejaVu Sans', sans-serif",
  fontFamilyMonospace:
    "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace",
  headings: { fontWeight: "600" },
  components: {
    // The lock of the page's scrolling writes style elements of its own, without our nonce.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, centered: true } }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, position: "right" } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true, multiline: true, maw: 360 } }),
    Menu: Menu.extend({ defaultProps: { shadow: "md", withinPortal: true } }),
    Popover: Popover.extend({ defaultProps: { shadow: "md" } }),
  },
});
