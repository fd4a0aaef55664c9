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

/** A process of ours, once it answers at an address. */
async function start(args, settings, answers) {
  const lines = [];
  const child = spawn(binary, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...settings } });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => lines.push(text));
  }
  let stopping = false;
  child.once('exit', (code, signal) => {
    // Whoever reads a failed journey must see that the house fell, and why.
    if (!stopping) console.error(`prosa ${args[0]} ended by itself (${signal ?? `exit ${code}`}):\n${lines.join('').slice(-8000)}`);
  });
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`prosa ${args[0]} ended instead of serving:\n${lines.join('')}`);
    try {
      if ((await fetch(answers)).ok) break;
    } catch {
      // not listening yet
    }
    if (Date.now() > deadline) throw new Error(`prosa ${args[0]} did not serve within a minute:\n${lines.join('')}`);
    await new Promise((done) => setTimeout(done, 100));
  }
  return {
    log: () => lines.join(''),
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      if (child.exitCode === null) await new Promise((done) => child.once('exit', done));
    },
  };
}

function launch() {
  return chromium.launch({
    executablePath: browserPath(),
    // The microphone is a made-up one that beeps, and may be used without a question.
    args: ['--headless', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

function folder() {
  mkdirSync(artifacts, { recursive: true });
  return mkdtempSync(join(tmpdir(), 'prosa-journey-'));
}

/** The demo, fresh, in a folder of its own. */
export async function openHouse() {
  const data = folder();
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const demo = await start(['demo', '--data', data, '--port', String(port)], {}, `${base}/api/v1/setup`);
  const browser = await launch();
  return {
    base,
    browser,
    log: demo.log,
    async close() {
      await browser.close();
      await demo.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** An installation that nobody has set up yet, and simulators beside it; more gives further settings of it. */
export async function openEmptyHouse(more = () => ({})) {
  const data = folder();
  const [port, operations, sandbox] = [await freePort(), await freePort(), await freePort()];
  const base = `http://localhost:${port}`;
  const world = `http://127.0.0.1:${sandbox}`;
  const simulators = await start(['sandbox'], { PROSA_SANDBOX_LISTEN: `127.0.0.1:${sandbox}`, PROSA_DATA_DIR: join(data, 'sandbox') }, `${world}/sandbox/phone/api/phones`);
  const server = await start(
    ['serve'],
    {
      PROSA_DATA_DIR: join(data, 'data'), PROSA_LISTEN: `127.0.0.1:${port}`, PROSA_PUBLIC_URL: base, PROSA_GATEWAY_URL: `http://127.0.0.1:${port}`,
      PROSA_OPERATIONS_LISTEN: `127.0.0.1:${operations}`, PROSA_WHATSAPP_BASE_URL: `${world}/meta`, PROSA_MESSENGER_BASE_URL: `${world}/meta`,
      PROSA_INSTAGRAM_BASE_URL: `${world}/meta`, PROSA_INSTAGRAM_LOGIN_BASE_URL: `${world}/instagram`, PROSA_TELEGRAM_BASE_URL: `${world}/telegram`,
      ...more(world, base),
    },
    `${base}/api/v1/setup`,
  );
  const browser = await launch();
  return {
    base,
    world,
    browser,
    log: server.log,
    async close() {
      await browser.close();
      await server.stop();
      await simulators.stop();
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

/** Waits until colours and places have arrived where they are going. */
export const settled = (page) => page.evaluate(async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await Promise.allSettled(document.getAnimations().filter((each) => each.effect.getComputedTiming().iterations !== Infinity).map((each) => each.finished));
});
