// Starts the demo as a process of its own and a browser beside it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const root = resolve(import.meta.dirname, '../..');
const binary = process.env.PROSA_BINARY ?? join(root, 'bin/prosa');
export const artifacts = join(import.meta.dirname, 'artifacts');

/** A browser of the system: the packages bring none of their own. */
function browserPath() {
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = process.env.PROSA_BROWSER ?? known.find((path) => existsSync(path));
  if (!found) throw new Error("Chromium was not found: install the package 'chromium', or set PROSA_BROWSER.");
  return found;
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** The demo, fresh, in a folder of its own. */
export async function openHouse() {
  mkdirSync(artifacts, { recursive: true });
  const data = mkdtempSync(join(tmpdir(), 'prosa-journey-'));
  const port = await freePort();
  const lines = [];
  const demo = spawn(binary, ['demo', '--data', data, '--port', String(port)], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => lines.push(text));
  }
  const base = `http://localhost:${port}`;
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (demo.exitCode !== null) throw new Error(`the demo ended instead of serving:\n${lines.join('')}`);
    try {
      if ((await fetch(`${base}/api/v1/setup`)).ok) break;
    } catch {
      // not listening yet
    }
    if (Date.now() > deadline) throw new Error(`the demo did not serve within a minute:\n${lines.join('')}`);
    await new Promise((done) => setTimeout(done, 100));
  }
  const browser = await chromium.launch({
    executablePath: browserPath(),
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  return {
    base,
    browser,
    log: () => lines.join(''),
    async close() {
      await browser.close();
      demo.kill('SIGTERM');
      await new Promise((done) => demo.once('exit', done));
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** A page that fails its journey when the page itself fails. */
export async function openPage(house, { scheme = 'light', width = 1440, height = 900, path = '/demo' } = {}) {
  const context = await house.browser.newContext({ colorScheme: scheme, viewport: { width, height }, locale: 'pt-BR', hasTouch: width < 600, reducedMotion: 'reduce' });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const broken = [];
  page.on('pageerror', (error) => broken.push(error.message));
  await page.goto(house.base + path);
  return { context, page, broken };
}

/** Signs a context in as the demo's person of a role. */
export async function signIn(house, context, role) {
  const answer = await context.request.post(`${house.base}/api/v1/demo/session`, { data: { role }, headers: { 'Sec-Fetch-Site': 'same-origin' } });
  if (answer.status() !== 201) throw new Error(`signing in as ${role} answered ${answer.status()}: ${await answer.text()}`);
}
