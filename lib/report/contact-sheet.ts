/**
 * The pictures that jobs wrote, on one page that opens in any browser, without a server: the plate above, then the jobs
 * that failed and why, then a card for each job. Pictures are linked, not copied, and load when they are scrolled to.
 */
import { colourOf, textColourOn } from './colour-scale.ts';
import { plateMap } from './plate-map.ts';
import { numberText } from './number-text.ts';
import { platesOf, type JobInWell } from './plates.ts';
import { grouped } from '../plural.ts';

/** A job that is done. */
export interface Card {
  /** What the job is called, e.g. `O01`. */
  readonly label: string;
  /** The well in the plate map, e.g. `O01`; a job without one is only a card. */
  readonly well?: string | undefined;
  /** Plates have a map each. */
  readonly plate?: string | undefined;
  /** Path of the picture, relative to the page's folder, with `/`; without one the job is in the plate map alone. */
  readonly picture?: string | undefined;
  /** What was measured; colours card and well. */
  readonly value?: number | undefined;
}

/** A job that has no picture because it failed. */
export interface Failed {
  readonly label: string;
  readonly well?: string | undefined;
  readonly plate?: string | undefined;
  /** Why, in one line. */
  readonly reason: string;
}

export interface ContactSheet {
  readonly title: string;
  /** A sentence or two below the title. */
  readonly text: string;
  /** What `value` counts, e.g. `spots`. */
  readonly measured?: string | undefined;
  readonly cards: readonly Card[];
  readonly failed?: readonly Failed[];
}

/** Failed jobs that are listed. */
const MOST_FAILED = 200;

/** @returns a whole HTML document */
export function contactSheet({ title, text, measured, cards, failed = [] }: ContactSheet): string {
  const values = cards.flatMap(({ value }) => value ?? []);
  const scale = { least: Math.min(...values), most: Math.max(...values) };
  const shown = cards.filter(({ picture }) => picture !== undefined);
  const places = new Map(shown.map((card, index) => [card, `#job-${index}`]));
  const wells: JobInWell[] = [
    ...cards.flatMap((card) => {
      const { plate, well, value } = card;
      const said = textOf(value, measured) || (card.picture === undefined ? 'done' : '');
      return well === undefined ? [] : [{ plate, well, href: places.get(card), value, text: said }];
    }),
    ...failed.flatMap(({ plate, well, reason }) =>
      well === undefined
        ? []
        : [{ plate, well, href: '#failed', value: undefined, text: escape(reason), failed: true }],
    ),
  ];
  const plates = platesOf(wells, (value) => textOf(value, measured));

  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style>
<header>
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>
</header>
${plates.map(({ name, wells }) => mapOf(name, plateMap(wells, scale))).join('\n')}
${failed.length === 0 ? '' : failures()}
<main>
${shown.map((card, index) => cardOf(card, index)).join('\n')}
</main>
</html>
`;

  function mapOf(plate: string | undefined, map: string): string {
    return plates.length === 1 || plate === undefined || map === ''
      ? map
      : `<h3>${escape(plate)}</h3>\n${map}`;
  }

  function failures(): string {
    const items = failed
      .slice(0, MOST_FAILED)
      .map(({ label, reason }) => `<li><strong>${escape(label)}</strong> ${escape(reason)}</li>`);
    const more = failed.length - items.length;
    if (more > 0) items.push(`<li>and ${grouped(more)} more</li>`);
    return `<section id="failed"><h2>${grouped(failed.length)} failed</h2>\n<ul>\n${items.join('\n')}\n</ul></section>`;
  }

  function cardOf({ label, picture = '', value }: Card, index: number): string {
    const href = picture.split('/').map(encodeURIComponent).join('/');
    const colour = value === undefined ? undefined : colourOf(value, scale);
    const badge =
      colour === undefined
        ? ''
        : `<b style="background:${colour};color:${textColourOn(colour)}">${escape(textOf(value, measured))}</b>`;
    return `<figure id="job-${index}"><a href="${href}"><img src="${href}" alt="${escape(label)}" loading="lazy"></a><figcaption><span>${escape(label)}</span>${badge}</figcaption></figure>`;
  }
}

function textOf(value: number | undefined, measured: string | undefined): string {
  if (value === undefined) return '';
  return `${numberText(value)}${measured === undefined ? '' : ` ${measured}`}`;
}

export function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

const STYLE = `
:root { color-scheme: dark; --line: #2c3038; --quiet: #9aa3b2; --bad: #ff8f80; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 2rem 4rem; max-width: 100rem; background: #111318; color: #e8eaee;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { margin: 0; font-size: 1.7rem; font-weight: 600; letter-spacing: -0.01em; }
h3 { margin: 1.8rem 0 -1.2rem; font-size: 1rem; font-weight: 600; }
h2 { margin: 0 0 .4rem; font-size: 1.05rem; font-weight: 600; color: var(--bad); }
header { margin-bottom: 1.8rem; }
header p { margin: .3rem 0 0; max-width: 60rem; color: var(--quiet); }
svg { display: block; margin: 1.8rem 0; max-width: 100%; height: auto; }
svg text { fill: var(--quiet); font-size: 12px; text-anchor: middle; dominant-baseline: central; }
svg a text { pointer-events: none; }
svg circle.failed { fill: none; stroke: var(--bad); stroke-width: 2; stroke-dasharray: 4 3; }
svg a:hover circle { stroke: #fff; stroke-width: 2; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); gap: 1.1rem; }
figure { margin: 0; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; background: #181b21; }
figure:target { outline: 2px solid #fff; }
img { display: block; width: 100%; height: auto; background: #000; }
#failed { margin: 1.8rem 0; padding: .9rem 1.1rem; border: 1px solid var(--line); border-left: 3px solid var(--bad); border-radius: 10px; }
#failed ul { margin: 0; padding: 0; list-style: none; max-height: 20rem; overflow-y: auto; }
#failed li { overflow-wrap: anywhere; color: var(--quiet); }
#failed strong { margin-right: .6rem; color: #e8eaee; }
figcaption span { min-width: 0; overflow-wrap: anywhere; }
figcaption { display: flex; gap: .8rem; justify-content: space-between; align-items: center; padding: .55rem .8rem; font-weight: 600; }
b { flex: none; padding: .05rem .6rem; border-radius: 1rem; font-size: .85rem; font-weight: 600; font-variant-numeric: tabular-nums; }
`;
