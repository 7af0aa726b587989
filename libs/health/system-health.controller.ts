import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { AppError, keptAnswer, type KeptAnswer, RequireRole, sharedAnswer } from '#platform';
import { LivenessDto, SystemHealthDto } from './dto/system-health.dto.js';
import { SystemHealthService } from './system-health.service.js';

@ApiTags('Health')
@Controller('health')
@RequireRole('public')
export class SystemHealthController {
  constructor(private readonly health: SystemHealthService) {}

  @Get()
  @ApiOperation({
    operationId: 'getHealth',
    summary: 'Is the product well: database, queue, workers, models, plant',
  })
  @ApiOkResponse({ type: SystemHealthDto })
  @ApiServiceUnavailableResponse({
    type: SystemHealthDto,
    description: 'A part is down; `checks` says which',
  })
  read(): KeptAnswer<SystemHealthDto> {
    return sharedAnswer(
      () => this.health.read(),
      ({ status }) => (status === 'down' ? 503 : 200),
    );
  }

  @Get('live')
  @ApiOperation({ operationId: 'getLiveness', summary: 'Does this process answer' })
  @ApiOkResponse({ type: LivenessDto })
  live(): KeptAnswer<LivenessDto> {
    return keptAnswer({ from: [] }, () => Promise.resolve({ status: 'up' }));
  }

  @Get('ready')
  @ApiOperation({ operationId: 'getReadiness', summary: 'Should this process be sent requests' })
  @ApiOkResponse({ type: LivenessDto })
  async ready(): Promise<LivenessDto> {
    if (await this.health.isReady()) return { status: 'up' };
    throw new AppError({
      kind: 'unavailable',
      code: 'NOT_READY',
      message: 'This process is starting or stopping, or its database does not answer',
      retryAfterSeconds: 5,
    });
  }
}
