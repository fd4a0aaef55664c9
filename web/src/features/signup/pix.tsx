import { useMemo } from "react";
import { qrCode } from "./qr";
import classes from "./wait.module.css";

const quiet = 4;

/** The code as a picture; fetched only by those who pay by Pix. Always dark on white: scanners expect it. */
export default function PixPicture({ code, label }: { code: string; label: string }) {
  const modules = useMemo(() => qrCode(code), [code]);
  if (modules === null) return null; // too long to draw: the text beside it is enough
  const size = modules.length + quiet * 2;
  const path = modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + quiet} ${y + quiet}h1v1h-1z` : ""))).join("");
  return (
    <svg className={classes.qr} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
