/** What is read on screen about taking a cycle away: the whole of it on one page, and files. */
export const takeAway = {
  title: "Take it away",
  says: "Everything here that you may read, to keep or to print. Once it is on paper or on a disk, it is yours to look after.",
  whole: "Read or print the whole cycle",
  json: "The whole record as data (JSON)",
  lesson: (title: string) => `What is written on “${title}”`,
  csv: "For a spreadsheet (CSV)",
  vtt: "As captions (WebVTT)",
  jsonld: "As web annotations (JSON-LD)",
};
