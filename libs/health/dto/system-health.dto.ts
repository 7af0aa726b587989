import { ApiProperty } from '@nestjs/swagger';
import type { HealthReading } from '#platform';

export class SystemHealthDto {
  @ApiProperty({ enum: ['up', 'degraded', 'down'], example: 'up' })
  status!: 'up' | 'degraded' | 'down';

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: true },
    example: {
      database: { status: 'up', latency_ms: 1 },
      workers: { status: 'up', alive: 1, processes: [{ role: 'standalone', heartbeat_age_ms: 1200 }] },
    },
  })
  checks!: Record<string, HealthReading>;
}

export class LivenessDto {
  @ApiProperty({ example: 'up' })
  status!: 'up';
}
