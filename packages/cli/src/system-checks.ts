/** Checks that need nothing of TNO: Node, the system, memory, processors. */
import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import type { Finding } from './doctor.js';

/** A text file of the system, or null where it is not there. */
export type ReadText = (path: string) => string | null;

const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

export function checkNode(version: string = process.versions.node): Finding {
  const [major, minor] = version.split('.').map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  return fits
    ? { check: 'node', status: 'ok', found: version }
    : { check: 'node', status: 'failure', found: version, advice: 'use Node 20.19 or newer' };
}

interface Report {
  readonly header: { readonly glibcVersionRuntime?: string };
}

export interface PlatformFacts {
  readonly platform: string;
  readonly arch: string;
  /** Undefined with another C library. */
  readonly glibc: string | undefined;
}

function platformFacts(): PlatformFacts {
  const { header } = process.report.getReport() as unknown as Report;
  return { platform: process.platform, arch: process.arch, glibc: header.glibcVersionRuntime };
}

export function checkPlatform(facts: PlatformFacts = platformFacts()): Finding {
  const { platform, arch, glibc } = facts;
  const check = 'platform';
  if (platform === 'linux' && arch === 'x64' && glibc !== undefined) {
    return { check, status: 'ok', found: `${platform} ${arch}, glibc ${glibc}` };
  }
  const libc = platform === 'linux' && glibc === undefined ? ' without glibc' : '';
  const advice =
    'the native addon is built for Linux x64 with glibc; elsewhere the slow reference device runs';
  return { check, status: 'warning', found: `${platform} ${arch}${libc}`, advice };
}

const gigabyte = 1e9;
const inGigabytes = (bytes: number): string => `${(bytes / gigabyte).toFixed(1)} GB`;

/** Bytes by the line `Max address space` of /proc/self/limits; Infinity where there is no limit. */
function addressSpace(read: ReadText): number {
  const soft = /^Max address space\s+(\S+)/m.exec(read('/proc/self/limits') ?? '')?.[1];
  return soft === undefined || soft === 'unlimited' ? Infinity : Number(soft);
}

export interface MemoryFacts {
  readonly total: number;
  readonly free: number;
  /** Bytes that the control group allows; Infinity where it sets no limit. */
  readonly group: number;
  /** Bytes of address space; Infinity where there is no limit. */
  readonly addresses: number;
}

function memoryFacts(): MemoryFacts {
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(readText('/proc/meminfo') ?? '')?.[1];
  return {
    total: totalmem(),
    free: available === undefined ? freemem() : Number(available) * 1024,
    group: process.constrainedMemory() || Infinity,
    addresses: addressSpace(readText),
  };
}

export function checkMemory(facts: MemoryFacts = memoryFacts()): Finding {
  const { total, free, group, addresses } = facts;
  const check = 'memory';
  const limits = [
    ...(group < total ? [`the control group allows ${inGigabytes(group)}`] : []),
    ...(addresses < Infinity ? [`address space is limited to ${inGigabytes(addresses)}`] : []),
  ];
  const found = [`${inGigabytes(free)} of ${inGigabytes(total)} free`, ...limits].join('; ');
  if (addresses < 4 * gigabyte) {
    const advice = 'ulimit -v unlimited: Node and the libraries reserve far more than they use';
    return { check, status: 'warning', found, advice };
  }
  if (Math.min(free, group) < gigabyte) {
    const advice = 'compiling kernels takes about 0.1 GB beside your data; close what takes memory';
    return { check, status: 'warning', found, advice };
  }
  return { check, status: 'ok', found };
}

export interface ProcessorFacts {
  /** That this process may run on. */
  readonly processors: number;
  /** That its control group lets run all the time; Infinity where it sets no quota. */
  readonly quota: number;
  /** TNO_NUM_THREADS. */
  readonly wanted: string | undefined;
}

/** Processors by the quota of the control group, version 2 or 1. */
export function quotaOf(read: ReadText): number {
  const [quota, period] = (
    read('/sys/fs/cgroup/cpu.max') ??
    [
      read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us') ?? '-1',
      read('/sys/fs/cgroup/cpu/cpu.cfs_period_us') ?? '100000',
    ].join(' ')
  )
    .trim()
    .split(/\s+/)
    .map(Number);
  return quota > 0 && period > 0 ? quota / period : Infinity;
}

export function checkThreads(
  facts: ProcessorFacts = {
    processors: availableParallelism(),
    quota: quotaOf(readText),
    wanted: process.env.TNO_NUM_THREADS,
  },
): Finding {
  const { processors, quota, wanted } = facts;
  const check = 'threads';
  const limit = quota < processors ? `, a quota of ${quota.toFixed(1)}` : '';
  const asked = wanted === undefined || wanted === '' ? '' : `, TNO_NUM_THREADS=${wanted}`;
  const found = `${processors} processors${limit}${asked}`;
  if (asked === '') return { check, status: 'ok', found };
  const threads = Number(wanted);
  if (!Number.isSafeInteger(threads) || threads < 1) {
    const advice = 'TNO_NUM_THREADS has to be an integer of 1 or more; it is ignored as it is';
    return { check, status: 'warning', found, advice };
  }
  if (threads > Math.min(processors, Math.ceil(quota))) {
    const advice = 'more threads than processors wait for each other; lower TNO_NUM_THREADS';
    return { check, status: 'warning', found, advice };
  }
  return { check, status: 'ok', found };
}
