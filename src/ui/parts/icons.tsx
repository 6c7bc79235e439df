/** Small drawings, one line thick, in the colour of the text around them. Always beside a word or a label. */
import type { ReactNode } from "react";

const drawn = (paths: ReactNode, size = 16): ReactNode => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.9"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    {paths}
  </svg>
);

export const icons = {
  falcon: (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M3 7c6 0 9 2 13 8 4-6 7-8 13-8-1 9-6 12-10 13l-3 7-3-7C9 19 4 16 3 7z" fill="#d9480f" />
    </svg>
  ),
  bell: drawn(<path d="M6 9a6 6 0 0 1 12 0c0 6 2 7 2 7H4s2-1 2-7M10 20h4" />),
  activity: drawn(<path d="M3 12h4l3-8 4 16 3-8h4" />),
  terminal: drawn(<path d="M5 8l4 4-4 4M12 16h7" />),
  rules: drawn(<path d="M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01" />),
  edit: drawn(<path d="M4 20h4L19 9l-4-4L4 16zM13 7l4 4" />),
  shield: drawn(<path d="M12 3l8 3v6c0 5-3.500 8-8 9-4.500-1-8-4-8-9V6z" />),
  plug: drawn(<path d="M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4" />),
  gear: drawn(
    <>
      <circle cx="12" cy="12" r="3" />
      <path d="M12 2v4M12 18v4M2 12h4M18 12h4M5 5l2.800 2.800M16.200 16.200L19 19M19 5l-2.800 2.800M7.800 16.200L5 19" />
    </>,
  ),
  clock: drawn(
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 7v5l3 2" />
    </>,
  ),
  sun: drawn(
    <>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2" />
    </>,
  ),
  moon: drawn(<path d="M20 14a8 8 0 1 1-10-10 7 7 0 0 0 10 10z" />),
  keyboard: drawn(<path d="M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8" />),
  leave: drawn(<path d="M14 4h5v16h-5M10 8l-4 4 4 4M6 12h10" />),
  search: drawn(
    <>
      <circle cx="11" cy="11" r="6" />
      <path d="M20 20l-4.500-4.500" />
    </>,
  ),
  filter: drawn(<path d="M4 5h16l-6 8v6l-4-2v-4z" />),
  exclude: drawn(
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M6 6l12 12" />
    </>,
  ),
  copy: drawn(<path d="M9 9h11v11H9zM5 15H4V4h11v1" />),
  person: drawn(
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4 20c1-4 4-6 8-6s7 2 8 6" />
    </>,
  ),
  machine: drawn(<path d="M5 7h14v10H5zM9 21h6M12 17v4M9 11h.01M15 11h.01M12 3v4" />),
  close: drawn(<path d="M6 6l12 12M18 6L6 18" />),
  check: drawn(<path d="M5 12l5 5L20 7" />),
  cross: drawn(<path d="M6 6l12 12M18 6L6 18" />),
  warning: drawn(<path d="M12 4l9 16H3zM12 10v4M12 17h.01" />),
  info: drawn(
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 11v5M12 8h.01" />
    </>,
  ),
  high: drawn(<path d="M12 3l9 9-9 9-9-9zM12 8v5M12 16h.01" />),
  medium: drawn(<path d="M12 4l9 16H3zM12 10v4M12 17h.01" />),
  low: drawn(<path d="M12 5v14M6 13l6 6 6-6" />),
  play: drawn(<path d="M7 5l12 7-12 7z" />),
  pause: drawn(<path d="M8 5v14M16 5v14" />),
  refresh: drawn(<path d="M20 11a8 8 0 0 0-15-3M4 4v4h4M4 13a8 8 0 0 0 15 3M20 20v-4h-4" />),
  download: drawn(<path d="M12 4v11M7 11l5 5 5-5M5 20h14" />),
  more: drawn(<path d="M5 12h.01M12 12h.01M19 12h.01" />),
  up: drawn(<path d="M12 19V5M6 11l6-6 6 6" />),
  down: drawn(<path d="M12 5v14M6 13l6 6 6-6" />),
  chevronDown: drawn(<path d="M6 9l6 6 6-6" />),
  chevronRight: drawn(<path d="M9 6l6 6-6 6" />),
  plus: drawn(<path d="M12 5v14M5 12h14" />),
  trash: drawn(<path d="M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13" />),
  link: drawn(<path d="M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1" />),
  mute: drawn(<path d="M6 9a6 6 0 0 1 9-5M18 10c0 5 2 6 2 6H7M10 20h4M3 3l18 18" />),
  columns: drawn(<path d="M4 5h16v14H4zM10 5v14M15 5v14" />),
  history: drawn(<path d="M4 12a8 8 0 1 0 3-6.200L4 8M4 4v4h4M12 8v4l3 2" />),
} as const;
