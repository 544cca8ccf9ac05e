// Loaded before the entry point (node --import), in JavaScript that any Node reads: an older Node cannot
// even parse the TypeScript that follows, and would say so in words that help nobody.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const wanted = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major < wanted) {
  process.stderr.write(
    `Distributed-Fiji needs Node ${wanted} or newer; this is Node ${process.versions.node} (${process.execPath}).\n` +
      'Fix: start it through npm (npm run local, npm run enqueue, npx cdk), which uses the Node that `npm ci` put into node_modules.\n' +
      `Where npm has none for this system (macOS, Windows), install Node ${wanted} from your package manager or nodejs.org.\n`,
  );
  process.exit(1);
}

// What was compiled once is not compiled again: it halves the start of a command. Where everything of npm's goes
// when packages change, and not in a folder for all users (Node's default), whose contents others could choose.
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
