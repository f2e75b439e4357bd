/** A profile as text: what `print` shows. */
import { formatBytes } from '../config/byte-size.js';
import type { MachinePeak } from '../device/target.js';
import type { ProfileData, StepProfile } from './profile.js';

/** Rules that the table names. */
const RULES = 10;

export function profileText(profile: ProfileData): string {
  const { calls, steps, memory, peak } = profile;
  const lines = [heading(profile)];
  if (peak !== null) {
    const { gflops, gigabytesPerSecond } = peak;
    lines.push(
      `peak of this machine: ${rate(gflops)} GFLOP/s (float32), ${rate(gigabytesPerSecond)} GB/s`,
    );
  }
  if (calls > 0) {
    lines.push('', stepTable(steps, profile));
    for (const { step, name, slow, madeAt } of steps) {
      if (slow === null) continue;
      lines.push(`! ${step} (${name}): ${slow}${madeAt === null ? '' : `; made at ${madeAt}`}`);
    }
    const { arena, live } = memory;
    lines.push(
      '',
      `memory of temps: ${formatBytes(arena)}, of which ${formatBytes(live)} are needed at once`,
    );
  }
  return [...lines, ...compileLines(profile.compile)].join('\n');
}

function heading({ name, device, calls, milliseconds }: ProfileData): string {
  const what = `${name ?? 'function'} on ${device}`;
  if (calls === 0) return `${what}: no calls recorded; f.profile.start() begins`;
  const each = `${time(milliseconds / calls)} ms a call`;
  return `${what}: ${calls} ${calls === 1 ? 'call' : 'calls'}, ${time(milliseconds)} ms (${each})`;
}

function stepTable(
  steps: readonly StepProfile[],
  { peak, calls, milliseconds }: ProfileData,
): string {
  const share = (value: number, most: keyof MachinePeak): string =>
    peak === null || value === 0 ? '' : `${percent(value / peak[most])} %`;
  const rows = steps
    .filter(({ runs }) => runs > 0)
    .sort((a, b) => b.ownMilliseconds - a.ownMilliseconds)
    .map((step) => [
      percent(step.ownMilliseconds / milliseconds),
      time(step.ownMilliseconds / calls),
      String(step.runs),
      step.flops === 0 ? '' : rate(step.gflops),
      share(step.gflops, 'gflops'),
      step.bytes === 0 ? '' : rate(step.gigabytesPerSecond),
      share(step.gigabytesPerSecond, 'gigabytesPerSecond'),
      `${step.name}${step.slow === null ? '' : ' !'}`,
      step.step,
      step.op ?? '',
      step.madeAt ?? '',
    ]);
  const head = ['time %', 'ms a call', 'runs', 'GFLOP/s', 'of peak', 'GB/s', 'of peak'];
  return align([[...head, 'name', 'step', 'op', 'made at'], ...rows], head.length);
}

function compileLines(compile: ProfileData['compile']): string[] {
  const { optimize, lower, emit, load, phases, rules } = compile;
  const total = optimize + lower + emit + load;
  const inside = phases.map(({ name, milliseconds }) => `${name} ${time(milliseconds)}`).join(', ');
  const shown = rules.slice(0, RULES);
  const head = ['ms', 'tried', 'applied'];
  const rows = shown.map(({ rule, tried, applied, milliseconds }) => [
    time(milliseconds),
    String(tried),
    String(applied),
    rule,
  ]);
  return [
    `compiled in ${time(total)} ms: optimize ${time(optimize)}${inside === '' ? '' : ` (${inside})`}, ` +
      `lower ${time(lower)}, emit ${time(emit)}, load ${time(load)}`,
    ...(rows.length === 0 ? [] : ['', align([[...head, 'rule'], ...rows], head.length)]),
    ...(rules.length > shown.length ? [`and ${rules.length - shown.length} more rules`] : []),
  ];
}

const percent = (part: number): string => (Number.isFinite(part) ? (100 * part).toFixed(1) : '');
const time = (milliseconds: number): string =>
  milliseconds >= 100 ? milliseconds.toFixed(1) : milliseconds.toFixed(4);
const rate = (value: number): string => (value >= 10 ? value.toFixed(1) : value.toFixed(3));

/** Columns, the first `right` of them to the right. */
function align(rows: readonly (readonly string[])[], right: number): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i < right ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
