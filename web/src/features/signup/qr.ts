/**
 * QR codes by ISO/IEC 18004: bytes, error correction level M (a seventh may be hidden), versions 1 to 25, which hold
 * up to 997 bytes; a Pix code has some 200. Pure: a text in, dark and light modules out.
 */

/** By version: error correction codewords a block, and blocks, of level M (table 9). */
const perBlock = [0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28];
const blockCount = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21];
const maxVersion = perBlock.length - 1;

/** Bits that are left for data and correction: all modules less the patterns of the version (section 6.3). */
function rawBits(version: number): number {
  let bits = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const align = Math.floor(version / 7) + 2;
    bits -= (25 * align - 10) * align - 55;
    if (version >= 7) bits -= 36;
  }
  return bits;
}

const dataBytes = (version: number) => Math.floor(rawBits(version) / 8) - (perBlock[version] ?? 0) * (blockCount[version] ?? 0);

/** Multiplies in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. */
function times(a: number, b: number): number {
  let out = 0;
  for (let bit = 7; bit >= 0; bit--) {
    out = (out << 1) ^ ((out >>> 7) * 0x11d);
    out ^= ((b >>> bit) & 1) * a;
  }
  return out;
}

function divisorOf(degree: number): number[] {
  const out = new Array<number>(degree).fill(0);
  out[degree - 1] = 1;
  let root = 1;
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) out[j] = times(out[j] ?? 0, root) ^ (out[j + 1] ?? 0);
    root = times(root, 2);
  }
  return out;
}

function remainderOf(data: number[], divisor: number[]): number[] {
  const out = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ (out.shift() ?? 0);
    out.push(0);
    divisor.forEach((each, i) => (out[i] = (out[i] ?? 0) ^ times(each, factor)));
  }
  return out;
}

/** Mode, length, bytes, end and padding (section 7.4). */
function payload(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = [];
  const put = (value: number, count: number) => {
    for (let i = count - 1; i >= 0; i--) bits.push((value >>> i) & 1);
  };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  const room = dataBytes(version) * 8;
  put(0, Math.min(4, room - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  const out: number[] = [];
  for (let i = 0; i < bits.length; i += 8) out.push(bits.slice(i, i + 8).reduce((sum, bit) => (sum << 1) | bit, 0));
  for (let pad = 0xec; out.length < room / 8; pad ^= 0xec ^ 0x11) out.push(pad);
  return out;
}

/** Blocks with their correction, interleaved (section 7.6). */
function codewords(data: number[], version: number): number[] {
  const blocks = blockCount[version] ?? 1;
  const ecc = perBlock[version] ?? 0;
  const all = Math.floor(rawBits(version) / 8);
  const short = Math.floor(all / blocks) - ecc;
  const longer = all % blocks;
  const divisor = divisorOf(ecc);
  const parts: { data: number[]; ecc: number[] }[] = [];
  for (let i = 0, at = 0; i < blocks; i++) {
    const part = data.slice(at, (at += short + (i >= blocks - longer ? 1 : 0)));
    parts.push({ data: part, ecc: remainderOf(part, divisor) });
  }
  const out: number[] = [];
  for (let i = 0; i <= short; i++) for (const part of parts) if (i < part.data.length) out.push(part.data[i] ?? 0);
  for (let i = 0; i < ecc; i++) for (const part of parts) out.push(part.ecc[i] ?? 0);
  return out;
}

function alignments(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2;
  const out = [6];
  for (let at = version * 4 + 10; out.length < count; at -= step) out.splice(1, 0, at);
  return out;
}

const masks: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

class Grid {
  readonly size: number;
  readonly dark: boolean[][];
  private readonly fixed: boolean[][];

  constructor(private readonly version: number) {
    this.size = version * 4 + 17;
    const empty = () => Array.from({ length: this.size }, () => new Array<boolean>(this.size).fill(false));
    this.dark = empty();
    this.fixed = empty();
    this.patterns();
  }

  private set(x: number, y: number, dark: boolean): void {
    const row = this.dark[y];
    const kept = this.fixed[y];
    if (row === undefined || kept === undefined || x < 0 || x >= this.size) return;
    row[x] = dark;
    kept[x] = true;
  }

  private patterns(): void {
    for (let i = 0; i < this.size; i++) {
      this.set(6, i, i % 2 === 0);
      this.set(i, 6, i % 2 === 0);
    }
    for (const [cx, cy] of [[3, 3], [this.size - 4, 3], [3, this.size - 4]] as const) {
      for (let dy = -4; dy <= 4; dy++) {
        for (let dx = -4; dx <= 4; dx++) {
          const ring = Math.max(Math.abs(dx), Math.abs(dy));
          this.set(cx + dx, cy + dy, ring !== 2 && ring !== 4);
        }
      }
    }
    const spots = alignments(this.version);
    const last = spots.length - 1;
    spots.forEach((cx, i) =>
      spots.forEach((cy, j) => {
        if ((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)) return;
        for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) this.set(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
      }),
    );
    this.format(0);
    if (this.version < 7) return;
    let rest = this.version;
    for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
    const bits = (this.version << 12) | rest;
    for (let i = 0; i < 18; i++) {
      const dark = ((bits >>> i) & 1) === 1;
      const a = this.size - 11 + (i % 3);
      const b = Math.floor(i / 3);
      this.set(a, b, dark);
      this.set(b, a, dark);
    }
  }

  /** Level and mask, twice, and the module that is always dark (section 7.9). */
  format(mask: number): void {
    const data = mask; // level M is 00
    let rest = data;
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const bit = (i: number) => ((bits >>> i) & 1) === 1;
    for (let i = 0; i <= 5; i++) this.set(8, i, bit(i));
    this.set(8, 7, bit(6));
    this.set(8, 8, bit(7));
    this.set(7, 8, bit(8));
    for (let i = 9; i < 15; i++) this.set(14 - i, 8, bit(i));
    for (let i = 0; i < 8; i++) this.set(this.size - 1 - i, 8, bit(i));
    for (let i = 8; i < 15; i++) this.set(8, this.size - 15 + i, bit(i));
    this.set(8, this.size - 8, true);
  }

  /** The zigzag from the lower right (section 7.7.3). */
  fill(words: number[]): void {
    let at = 0;
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      for (let step = 0; step < this.size; step++) {
        for (const x of [right, right - 1]) {
          const up = ((right + 1) & 2) === 0;
          const y = up ? this.size - 1 - step : step;
          const row = this.dark[y];
          if (row === undefined || this.fixed[y]?.[x] !== false || at >= words.length * 8) continue;
          row[x] = (((words[at >>> 3] ?? 0) >>> (7 - (at & 7))) & 1) === 1;
          at++;
        }
      }
    }
  }

  mask(mask: number): void {
    const turns = masks[mask] ?? (() => false);
    this.dark.forEach((row, y) => row.forEach((dark, x) => this.fixed[y]?.[x] === false && turns(x, y) && (row[x] = !dark)));
  }

  /** How hard it is to read (section 7.8.3). */
  penalty(): number {
    const lines = [...this.dark, ...this.dark.map((_, x) => this.dark.map((row) => row[x] === true))];
    let sum = 0;
    for (const line of lines) {
      const text = line.map((dark) => (dark ? "1" : "0")).join("");
      for (const run of text.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
      for (const trap of ["10111010000", "00001011101"]) for (let at = text.indexOf(trap); at >= 0; at = text.indexOf(trap, at + 1)) sum += 40;
    }
    for (let y = 1; y < this.size; y++) {
      for (let x = 1; x < this.size; x++) {
        const here = this.dark[y]?.[x];
        if (here === this.dark[y]?.[x - 1] && here === this.dark[y - 1]?.[x] && here === this.dark[y - 1]?.[x - 1]) sum += 3;
      }
    }
    const dark = this.dark.flat().filter(Boolean).length;
    return sum + Math.floor(Math.abs(dark * 20 - this.size * this.size * 10) / (this.size * this.size)) * 10;
  }
}

/** The modules of a text's code, row by row, true for dark; null when it does not fit. The mask is the best of eight unless one is asked for. */
export function qrCode(text: string, asked?: number): boolean[][] | null {
  const bytes = new TextEncoder().encode(text);
  let version = 1;
  while (version <= maxVersion && bytes.length > dataBytes(version) - (version < 10 ? 2 : 3)) version++;
  if (version > maxVersion) return null;
  const words = codewords(payload(bytes, version), version);
  const grid = new Grid(version);
  grid.fill(words);
  let best = asked ?? 0;
  let least = Infinity;
  for (let mask = 0; asked === undefined && mask < masks.length; mask++) {
    grid.format(mask);
    grid.mask(mask);
    const penalty = grid.penalty();
    if (penalty < least) [best, least] = [mask, penalty];
    grid.mask(mask); // twice is never
  }
  grid.format(best);
  grid.mask(best);
  return grid.dark;
}
