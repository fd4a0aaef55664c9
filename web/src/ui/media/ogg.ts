/** What an OGG file with Opus holds: its packets, and how many samples to skip at the start (RFC 3533, RFC 7845). */
export interface OpusPackets {
  channels: number;
  preSkip: number;
  packets: Uint8Array[];
}

const head = [0x4f, 0x70, 0x75, 0x73, 0x48, 0x65, 0x61, 0x64]; // "OpusHead"

/** Takes an OGG file apart. Throws for what is none; a file that is cut off gives what is whole. */
export function readOpus(bytes: Uint8Array): OpusPackets {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packets: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  let serial: number | null = null;
  for (let at = 0; at + 27 <= bytes.length; ) {
    if (view.getUint32(at) !== 0x4f676753 || bytes[at + 4] !== 0) throw new Error("no OGG page here");
    const segments = bytes[at + 26] ?? 0;
    let body = at + 27 + segments;
    const ours = serial === null || view.getUint32(at + 14, true) === serial;
    serial ??= view.getUint32(at + 14, true);
    for (let n = 0; n < segments; n++) {
      const size = bytes[at + 27 + n] ?? 0;
      if (body + size > bytes.length) return made(packets);
      if (ours) {
        parts.push(bytes.subarray(body, body + size));
        // A segment of 255 bytes goes on in the next, perhaps on the next page.
        if (size < 255) {
          packets.push(join(parts));
          parts = [];
        }
      }
      body += size;
    }
    at = body;
  }
  return made(packets);
}

function join(parts: Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function made(packets: Uint8Array[]): OpusPackets {
  const first = packets[0];
  if (first === undefined || first.length < 19 || head.some((byte, n) => first[n] !== byte)) throw new Error("no Opus in this file");
  // The first packet says what it is, the second holds the tags.
  return { channels: first[9] ?? 1, preSkip: (first[10] ?? 0) | ((first[11] ?? 0) << 8), packets: packets.slice(2).filter((packet) => packet.length > 0) };
}
