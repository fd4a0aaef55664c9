// Code apps, as a telephone has them.
import { createHmac } from 'node:crypto';

/** The code of a key at a time: RFC 6238. */
export function codeOf(key, atMS) {
  const bits = [...key.replace(/=+$/, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const seed = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMS / 30_000)));
  const sum = createHmac('sha1', seed).update(counter).digest();
  const at = sum[19] & 15;
  return String((sum.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Sets up a code app where a second factor is demanded, up to the recovery codes. */
export async function enrolApp(page) {
  await page.getByRole('button', { name: 'Usar um aplicativo de códigos' }).click();
  const key = await page.getByRole('textbox', { name: 'Chave para digitar' }).inputValue();
  const kept = page.getByRole('checkbox', { name: 'Guardei os códigos' });
  // An operator's code lives as long as its half minute, which may just end.
  for (let tries = 0; tries < 3; tries++) {
    await page.getByRole('textbox', { name: 'Código de 6 números' }).fill(codeOf(key, Date.now()));
    const answered = page.waitForResponse('**/api/v1/factors/app/confirm');
    await page.getByRole('button', { name: 'Confirmar', exact: true }).click();
    if (!(await answered).ok()) continue;
    await kept.waitFor();
    return kept;
  }
  throw new Error('no code was taken');
}

/** Sets up a code app and goes on. */
export async function passEnrolment(page) {
  await page.getByRole('heading', { name: 'Proteja sua conta' }).waitFor();
  const kept = await enrolApp(page);
  await kept.check();
  await page.getByRole('button', { name: 'Concluir' }).click();
}
