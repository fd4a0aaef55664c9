/** Which notes somebody has listened to in this browser; the last few hundred are remembered. */
const name = "prosa-played";
const most = 500;

function kept(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(name) ?? "[]");
    return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
  } catch {
    return []; // blocked, or not ours
  }
}

export function wasPlayed(id: string): boolean {
  return kept().includes(id);
}

export function rememberPlayed(id: string): void {
  try {
    localStorage.setItem(name, JSON.stringify([...kept().filter((each) => each !== id), id].slice(-most)));
  } catch {
    // full or blocked: the mark is a courtesy
  }
}
