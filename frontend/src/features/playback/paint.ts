import type { CameraLine } from '../../api/types.ts';
import { ticks, toX, type View } from './times.ts';

/** Draws the timeline: a ruler, one row for each camera, the clock, the chosen stretch. */
export const RULER = 26;
export const ROW = 46;

export type Marks = { at: number; mark: { in: number | null; out: number | null }; now: number; hover: number | null };
export type Words = { tick: (at: number, step: number, day: boolean) => string };

const CAUSE_COLOUR: Record<string, string> = { camera: '--red', network: '--amber', disk: '--violet', restart: '--blue', power: '--ink', off: '--grey' };
const STATE_COLOUR: Record<string, string> = { suspected: '--amber-solid', in_review: '--blue', confirmed: '--red', rejected: '--grey', not_reviewed: '--grey' };

export function causeColour(cause: string | null): string {
  return CAUSE_COLOUR[cause ?? ''] ?? '--grey';
}

export function paint(canvas: HTMLCanvasElement, lines: readonly (CameraLine | undefined)[], span: View | null, view: View, zone: string, marks: Marks, words: Words): void {
  const brush = canvas.getContext('2d');
  if (!brush) return;
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const style = getComputedStyle(canvas);
  const colour = (name: string): string => style.getPropertyValue(name).trim() || '#888';
  brush.setTransform(scale, 0, 0, scale, 0, 0);
  brush.clearRect(0, 0, width, height);
  const x = (at: number): number => toX(at, view, width);
  ruler();
  lines.forEach((line, row) => drawLine(line, RULER + row * ROW));
  chosen();
  if (marks.hover !== null) upright(marks.hover, colour('--ink-3'), 1);
  upright(marks.at, colour('--accent'), 2);
  knob(marks.at);

  function ruler(): void {
    if (!brush) return;
    brush.font = `600 11px ${style.getPropertyValue('--font') || 'sans-serif'}`;
    brush.textBaseline = 'middle';
    const { step, list } = ticks(view, width, 78, zone);
    for (const { at, day } of list) {
      const left = x(at);
      brush.fillStyle = colour(day ? '--line-strong' : '--line');
      brush.fillRect(Math.round(left), day ? 4 : RULER - 7, 1, height);
      brush.fillStyle = colour(day ? '--ink' : '--ink-3');
      brush.fillText(words.tick(at, step, day), left + 4, RULER / 2 - 1);
    }
  }

  function drawLine(line: CameraLine | undefined, top: number): void {
    if (!brush) return;
    const bar = top + 18;
    const high = ROW - 26;
    brush.fillStyle = colour('--sunken');
    brush.fillRect(0, bar, width, high);
    if (!line) return;
    brush.fillStyle = colour('--accent');
    brush.globalAlpha = 0.85;
    for (const one of line.recorded) box(Date.parse(one.start), Date.parse(one.end), bar, high, 1);
    brush.globalAlpha = 1;
    for (const gap of line.gaps) hatch(Date.parse(gap.start), gap.lasts ? Math.max(marks.now, Date.parse(gap.end)) : Date.parse(gap.end), bar, high, colour(causeColour(gap.cause)));
    if (span) activity(line, bar);
    for (const incident of line.incidents) diamond(x(Date.parse(incident.at)), bar + high / 2, colour(STATE_COLOUR[incident.state] ?? '--amber-solid'));
  }

  function box(start: number, end: number, top: number, high: number, least: number): void {
    const left = Math.max(-2, x(start));
    const right = Math.min(width + 2, x(end));
    if (right < 0 || left > width) return;
    brush?.fillRect(left, top, Math.max(least, right - left), high);
  }

  /** Slanted lines tell a gap without its colour too. */
  function hatch(start: number, end: number, top: number, high: number, ink: string): void {
    if (!brush) return;
    const left = Math.max(-2, x(start));
    const right = Math.max(left + 2, Math.min(width + 2, x(end)));
    if (right < 0 || left > width) return;
    brush.save();
    brush.beginPath();
    brush.rect(left, top, right - left, high);
    brush.clip();
    brush.fillStyle = colour('--surface');
    brush.fillRect(left, top, right - left, high);
    brush.strokeStyle = brush.fillStyle = ink;
    brush.globalAlpha = 0.25;
    brush.fillRect(left, top, right - left, high);
    brush.globalAlpha = 1;
    brush.lineWidth = 2;
    brush.beginPath();
    for (let at = left - high - ((left - high) % 7); at < right + high; at += 7) {
      brush.moveTo(at, top + high);
      brush.lineTo(at + high, top);
    }
    brush.stroke();
    brush.restore();
  }

  function activity(line: CameraLine, bar: number): void {
    if (!brush || !span) return;
    const most = Math.max(4, ...line.activity);
    brush.fillStyle = colour('--ink-3');
    line.activity.forEach((count, n) => {
      if (!count) return;
      const start = span.start + n * line.bucket_s * 1000;
      const tall = Math.max(2, (count / most) * 14);
      box(start, start + line.bucket_s * 1000 * 0.86, bar - 2 - tall, tall, 1.5);
    });
  }

  function diamond(left: number, middle: number, ink: string): void {
    if (!brush || left < -8 || left > width + 8) return;
    brush.beginPath();
    brush.moveTo(left, middle - 8);
    brush.lineTo(left + 7, middle);
    brush.lineTo(left, middle + 8);
    brush.lineTo(left - 7, middle);
    brush.closePath();
    brush.fillStyle = ink;
    brush.fill();
    brush.lineWidth = 2;
    brush.strokeStyle = colour('--surface');
    brush.stroke();
  }

  function chosen(): void {
    if (!brush || (marks.mark.in === null && marks.mark.out === null)) return;
    const from = x(marks.mark.in ?? marks.mark.out ?? 0);
    const to = x(marks.mark.out ?? marks.mark.in ?? 0);
    brush.fillStyle = colour('--blue');
    brush.globalAlpha = 0.22;
    brush.fillRect(from, RULER, Math.max(1, to - from), height);
    brush.globalAlpha = 1;
    brush.fillRect(from - 1, RULER, 3, height);
    brush.fillRect(to - 1, RULER, 3, height);
  }

  function upright(at: number, ink: string, wide: number): void {
    if (!brush) return;
    brush.fillStyle = ink;
    brush.fillRect(Math.round(x(at)) - wide / 2, RULER - 8, wide, height);
  }

  function knob(at: number): void {
    if (!brush) return;
    const left = x(at);
    brush.beginPath();
    brush.moveTo(left - 7, RULER - 14);
    brush.lineTo(left + 7, RULER - 14);
    brush.lineTo(left, RULER - 3);
    brush.closePath();
    brush.fillStyle = colour('--accent');
    brush.fill();
  }
}
