import { ActionIcon, Badge, Button, createTheme, Loader, Modal, Paper, Tooltip, type MantineColorsTuple } from "@mantine/core";

/** Jabuticaba: the colour of the house. Away from the greens, blues and pinks that the messaging apps own. */
const plum: MantineColorsTuple = ["#f7f3fb", "#ebe2f5", "#d6c5ea", "#bea4dc", "#a785cf", "#9169c0", "#7b52ad", "#5f3d8c", "#4c3171", "#392554"];
/** Paper and ink: warm greys for the light scheme. */
const gray: MantineColorsTuple = ["#faf9f7", "#f4f2ee", "#eae7e1", "#ddd9d2", "#c9c4bc", "#a8a299", "#6f6a62", "#524e48", "#37342f", "#211f1c"];
/** Night: greys with a breath of the house's plum for the dark scheme. */
const dark: MantineColorsTuple = ["#dedbe5", "#c2bdcc", "#9d97aa", "#6a6478", "#484354", "#383344", "#292533", "#1d1a25", "#16131c", "#100d15"];
/** Waiting, notes, windows about to close. */
const honey: MantineColorsTuple = ["#fff8ea", "#fcedcb", "#f8d993", "#f3c55b", "#e8ae2f", "#d39716", "#a8740a", "#835a06", "#624404", "#453003"];
const leaf: MantineColorsTuple = ["#eef8f1", "#d7eedf", "#abdcbc", "#7bc996", "#52b676", "#359d5c", "#227d45", "#1b6538", "#154f2c", "#0f3a20"];
const brick: MantineColorsTuple = ["#fdf1ef", "#fadcd7", "#f3b5ab", "#ea8a7b", "#e06553", "#d1493a", "#b8352a", "#962a22", "#75211b", "#571814"];

export const theme = createTheme({
  primaryColor: "plum",
  primaryShade: { light: 7, dark: 6 },
  colors: { plum, gray, dark, honey, leaf, brick },
  white: "#ffffff",
  black: "#211f1c",
  autoContrast: true,
  luminanceThreshold: 0.36,
  fontFamily: 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Noto Sans", Cantarell, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Segoe UI Mono", "Noto Sans Mono", Menlo, monospace',
  headings: {
    fontFamily: 'ui-serif, "Iowan Old Style", "Palatino Linotype", "Noto Serif", Georgia, serif',
    fontWeight: "600",
    sizes: { h1: { fontSize: "1.625rem", lineHeight: "1.25" }, h2: { fontSize: "1.25rem", lineHeight: "1.3" }, h3: { fontSize: "1.0625rem" } },
  },
  fontSizes: { xs: "0.75rem", sm: "0.84375rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  defaultRadius: "md",
  radius: { xs: "4px", sm: "6px", md: "9px", lg: "14px", xl: "22px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  components: {
    Button: Button.extend({ defaultProps: { size: "sm" } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray", size: "lg" } }),
    Badge: Badge.extend({ defaultProps: { variant: "light", radius: "sm" }, styles: { root: { textTransform: "none", fontWeight: 600 } } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, withArrow: true, events: { hover: true, focus: true, touch: false } } }),
    Modal: Modal.extend({ defaultProps: { centered: true, radius: "lg" } }),
    Paper: Paper.extend({ defaultProps: { radius: "lg" } }),
    Loader: Loader.extend({ defaultProps: { type: "dots" } }),
  },
});
