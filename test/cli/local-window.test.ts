/** A script that waits at a dialog, and nobody there: said while it waits, and when the run is stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { fijiOfToday, hasXvfb } from '../fiji/fijis.ts';
import { aPlace, JOB } from './place.ts';

const ASKS = `#@ String Well
from ij.gui import GenericDialog
dialog = GenericDialog("Choose a channel")
dialog.showDialog()
`;

(hasXvfb ? test : test.skip)(
  `the dialog is named after a minute, and at Ctrl-C${hasXvfb ? '' : ' (skipped: Xvfb is not installed)'}`,
  async () => {
    process.env.FIJI_HOME = (await fijiOfToday()).home;
    const place = await aPlace({ ...JOB, groups: [{ Well: 'A1' }] }, ASKS);
    const bin = (name: string): string => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
    const child = spawn(
      process.execPath,
      ['--import', bin('node-version.mjs'), bin('distributed-fiji.ts'), ...place.args, '--virtual-display'],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env } },
    );
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (printed += String(chunk)));
    const exited = once(child, 'exit');
    const said = 'a window is open and nobody there to answer it: "Choose a channel"';
    while (!printed.includes(said) && child.exitCode === null) await sleep(200);
    child.kill('SIGINT');
    await exited;
    expect(printed).toMatch(new RegExp(`1 running.*${said}`));
    expect(printed).toContain('a window was open and nobody there to answer it: "Choose a channel".');
    expect(printed).toMatch(/Fix: .*make what it asks for a parameter/);
  },
  300_000,
);
