// Starts the simulators as a process of its own, and plays people through their
// control API.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const binary = process.env.PROSA_BINARY ?? join(root, 'bin/prosa');

export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** The simulators of all platforms: their base, a way to play, and the end. */
export async function sandbox() {
  if (!existsSync(binary)) throw new Error(`${binary} is not there: run 'make binary', or set PROSA_BINARY.`);
  const folder = mkdtempSync(join(tmpdir(), 'prosa-client-'));
  const listen = `127.0.0.1:${await freePort()}`;
  const lines = [];
  const child = spawn(binary, ['sandbox'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PROSA_DATA_DIR: join(folder, 'data'), PROSA_SANDBOX_LISTEN: listen, PROSA_SANDBOX_STATUS_DELAY: '10ms', PROSA_SANDBOX_UNLIMITED: 'true' },
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => lines.push(text));
  }
  const base = `http://${listen}`;
  const deadline = Date.now() + 30_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`prosa sandbox ended instead of serving:\n${lines.join('')}`);
    try {
      if ((await fetch(`${base}/telegram/_sandbox/counts`)).ok) break;
    } catch {
      // not listening yet
    }
    if (Date.now() > deadline) throw new Error(`prosa sandbox did not serve within half a minute:\n${lines.join('')}`);
    await new Promise((done) => setTimeout(done, 50));
  }
  /** Asks the control API; what is refused there is a mistake of the test. */
  async function control(method, path, body) {
    const response = await fetch(base + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
  return {
    base,
    control,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await new Promise((done) => child.once('exit', done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Things that come one after the other, each waited for. */
export function inbox() {
  const waiting = [];
  const takers = [];
  return {
    put(item) {
      const taker = takers.shift();
      if (taker) taker(item);
      else waiting.push(item);
    },
    take(what) {
      if (waiting.length > 0) return Promise.resolve(waiting.shift());
      return new Promise((done, failed) => {
        const timer = setTimeout(() => failed(new Error(`${what} did not come`)), 20_000);
        takers.push((item) => {
          clearTimeout(timer);
          done(item);
        });
      });
    },
  };
}
