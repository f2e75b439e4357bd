/** What all graphs of one Program share while they are written: sites, host functions, shared variables. */
import type { Target } from '../device/target.js';
import type { SharedVariable } from '../graph/shared.js';
import type { Apply } from '../graph/variable.js';
import type { Mode } from '../optimizer/mode.js';
import { ProgramBuilder } from './program-builder.js';
import type { BufferId, SiteId } from './program.js';

export class ProgramContext {
  readonly builder = new ProgramBuilder();
  readonly siteNodes: Apply[] = [];
  readonly hosts: Apply[] = [];
  readonly sharedBuffers = new Map<SharedVariable, BufferId>();
  private readonly siteIds = new Map<Apply, SiteId>();
  private zeroBuffer: BufferId | null = null;

  constructor(
    readonly target: Target,
    readonly mode: Mode,
  ) {}

  site(node: Apply): SiteId {
    const found = this.siteIds.get(node);
    if (found !== undefined) return found;
    const id = this.builder.site(node.op.name);
    this.siteIds.set(node, id);
    this.siteNodes[id] = node;
    return id;
  }

  shared(variable: SharedVariable): BufferId {
    const found = this.sharedBuffers.get(variable);
    if (found !== undefined) return found;
    const id = this.builder.shared(variable.dtype, variable.type.rank, variable.storage.shape);
    this.sharedBuffers.set(variable, id);
    return id;
  }

  zero(): BufferId {
    this.zeroBuffer ??= this.builder.constant({
      dtype: 'int64',
      shape: [],
      bytes: new Uint8Array(8),
    });
    return this.zeroBuffer;
  }
}
