import { ApiProperty } from '@nestjs/swagger';
import { UNWATCHED_STATES } from '../samples/sampling.js';

const WATCH_STATES = ['watched', 'unwatched'] as const;
/** Why a tag, a unit or the plant is not watched. */
export const UNWATCHED_REASONS = ['no_tags', ...UNWATCHED_STATES] as const;
export type UnwatchedReason = (typeof UNWATCHED_REASONS)[number];

/** Whether anything that is learnt can evaluate a tag, a unit or the plant, and why not. */
export class WatchDto {
  @ApiProperty({ enum: WATCH_STATES, example: 'watched' })
  state!: (typeof WATCH_STATES)[number];

  @ApiProperty({
    enum: UNWATCHED_REASONS,
    nullable: true,
    example: null,
    description:
      'no_tags, never_sent; slower: samples come less often than the models have learnt; off_grid: more often, but past the ' +
      'instants they have learnt',
  })
  reason_code!: UnwatchedReason | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'In one sentence, e.g. `not watched: sampled every 300 s, learnt at 180 s`',
  })
  reason!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 180_000,
    description: 'Usual time between two samples; null where it is not known or tags differ',
  })
  sampled_every_ms!: number | null;
}

/** Watched, with samples that come at this interval. */
export function watched(sampledEveryMs: number | null): WatchDto {
  return { state: 'watched', reason_code: null, reason: null, sampled_every_ms: sampledEveryMs };
}

/** Not watched. */
export function unwatched(code: UnwatchedReason, reason: string, sampledEveryMs: number | null): WatchDto {
  return { state: 'unwatched', reason_code: code, reason, sampled_every_ms: sampledEveryMs };
}
