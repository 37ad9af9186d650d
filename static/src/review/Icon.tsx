export function Icon({ d, filled = false }: { d: string; filled?: boolean }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
      <path d={d} fill={filled ? "currentColor" : "none"} stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
