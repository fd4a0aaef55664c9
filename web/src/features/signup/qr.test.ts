// @vitest-environment node
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { qrCode } from "./qr";

const digest = (modules: boolean[][]) => createHash("sha256").update(modules.map((row) => row.map((dark) => (dark ? "1" : "0")).join("")).join("")).digest("hex");

const pix = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865406349.005802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D";

describe("QR codes", () => {
  // Size and modules at mask 0 as another reading of ISO/IEC 18004 draws them (rsc.io/qr, level M).
  it.each([
    ["prosa", 21, "288119c03f2d644162008486dbc85ee4448d953f05f1a143a7d7ba75077ae48c"],
    ["https://prosa.example/assinar/retorno?x=1", 29, "d1ddc220f67aebb1202992dc513b3e45ce56984c4156c85d3af4d75f5ae05f22"],
    [pix, 49, "fc3a694cc2afff948b7cc1cbcafc3d09e251c1e71bf715525d7d5935521695f1"],
    ["pix copia e cola, ".repeat(20), 73, "4b155a7be39189c11770b6febf99e1e87ce4b5db7001acc2c4c304a1d1322021"],
  ])("are those of the standard: %#", (text, size, want) => {
    const modules = qrCode(text, 0) ?? [];
    expect(modules.length).toBe(size);
    expect(digest(modules)).toBe(want);
  });

  it("take the mask that is easiest to read, and no text that is too long", () => {
    const best = qrCode(pix) ?? [];
    expect(Array.from({ length: 8 }, (_, mask) => digest(qrCode(pix, mask) ?? []))).toContain(digest(best));
    expect(qrCode("x".repeat(997))).not.toBeNull();
    expect(qrCode("x".repeat(998))).toBeNull();
  });
});
