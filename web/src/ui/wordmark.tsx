/** The name of the house, in letters of a book. */
export function Wordmark({ size = 24 }: { size?: number }) {
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: size * 0.36, fontFamily: "var(--mantine-font-family-headings)", fontSize: size, fontWeight: 600, letterSpacing: "-0.01em", lineHeight: 1 }}>
      <svg width={size * 1.1} height={size * 1.1} viewBox="0 0 32 32" aria-hidden="true">
        <path d="M5 27V9.500C5 5.900 7.900 3 11.500 3h8.200C24.300 3 28 6.700 28 11.300S24.300 19.500 19.700 19.500H13L5 27Z" fill="currentColor" opacity="0.92" />
        <circle cx="12.800" cy="11.300" r="2.300" fill="#2c1f40" />
        <circle cx="20.400" cy="11.300" r="2.300" fill="#e8ae2f" />
      </svg>
      Prosa
    </span>
  );
}
