/** Where a press on the place leads: a page or a call; null for what is only to be read. Nothing else becomes a link. */
export function placeHref(place: string): string | null {
  const text = place.trim();
  if (/^https?:\/\/[^\s]+$/i.test(text)) return text;
  const number = text.replace(/^tel:/i, "");
  return /^\+?[0-9][0-9 ()/.-]{4,}[0-9]$/.test(number) ? `tel:${number.replace(/[^+0-9]/g, "")}` : null;
}
