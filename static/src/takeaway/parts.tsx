import type { ComponentChildren } from "preact";
import { wholeCycle as said } from "../words/wholeCycle";

/** A chapter of the page. Nothing is said of what is empty, unless `always`. */
export function Chapter({ title, empty, always = false, children }: { title: string; empty: boolean; always?: boolean; children: ComponentChildren }) {
  if (empty && !always) return null;
  return (
    <section class="chapter">
      <h2>{title}</h2>
      {empty ? <p class="quiet">{said.nothing}</p> : children}
    </section>
  );
}

/** A label and somebody's words under it. */
export function Said({ label, text, by }: { label: string; text: string | undefined; by?: string }) {
  if (!text) return null;
  return (
    <div class="said">
      <h3>{label}{by && <span class="quiet"> {by}</span>}</h3>
      <p class="body" dir="auto">{text}</p>
    </div>
  );
}

/** A place that is a link is one, and its address is read on paper. */
export function Where({ text }: { text: string }) {
  if (!text) return null;
  return /^https?:\/\/\S+$/i.test(text) ? <a class="break" href={text} rel="noreferrer noopener" target="_blank">{text}</a> : <span dir="auto">{text}</span>;
}
