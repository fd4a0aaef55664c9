export async function startDemo(): Promise<void> {}
