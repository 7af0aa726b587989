import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems, Caller, type Page, type Principal } from '#platform';
import { AdjustPlantDto } from './dto/adjust-plant.dto.js';
import { DisturbanceDto, DisturbancePageDto } from './dto/disturbance.dto.js';
import { DisturbanceIdvParams } from './dto/disturbance-idv.params.js';
import { InjectDisturbanceDto } from './dto/inject-disturbance.dto.js';
import { PendingCommandDto } from './dto/pending-command.dto.js';
import { PlantDto } from './dto/plant.dto.js';
import { StreamDto, StreamPageDto } from './dto/stream.dto.js';
import { PlantService } from './plant.service.js';

const PENDING = { type: PendingCommandDto, description: 'Not carried out within two seconds; it will be' };

@ApiTags('Plant')
@Controller('plant')
export class PlantController {
  constructor(private readonly plant: PlantService) {}

  @Get()
  @ApiOperation({ operationId: 'getPlant', summary: 'Time, speed and condition of the plant' })
  @ApiOkResponse({ type: PlantDto })
  read(): Promise<PlantDto> {
    return this.plant.read();
  }

  @Patch()
  @ApiOperation({
    operationId: 'adjustPlant',
    summary: 'Change the speed of the simulated plant, or pause it',
  })
  @ApiOkResponse({ type: PlantDto })
  @ApiAcceptedResponse(PENDING)
  @ApiProblems(400, 409, 503)
  async adjust(
    @Body() dto: AdjustPlantDto,
    @Caller() { name }: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PlantDto | PendingCommandDto> {
    return answered(await this.plant.adjust(dto, name), response);
  }

  @Post('restart')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'restartPlant',
    summary: 'Restart the simulated plant at its base case after a shutdown, without disturbances',
  })
  @ApiOkResponse({ type: PlantDto })
  @ApiAcceptedResponse(PENDING)
  @ApiProblems(409, 503)
  async restart(
    @Caller() { name }: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PlantDto | PendingCommandDto> {
    return answered(await this.plant.restart(name), response);
  }

  @Get('streams')
  @ApiOperation({
    operationId: 'listStreams',
    summary: 'How the units are connected, and what measures each stream',
  })
  @ApiOkResponse({ type: StreamPageDto })
  listStreams(): Page<StreamDto> {
    return this.plant.listStreams();
  }

  @Get('disturbances')
  @ApiOperation({ operationId: 'listDisturbances', summary: 'The 21 disturbances and which of them are on' })
  @ApiOkResponse({ type: DisturbancePageDto })
  listDisturbances(): Promise<Page<DisturbanceDto>> {
    return this.plant.listDisturbances();
  }

  @Post('disturbances')
  @ApiOperation({ operationId: 'injectDisturbance', summary: 'Switch a disturbance on' })
  @ApiCreatedResponse({ type: DisturbanceDto })
  @ApiAcceptedResponse(PENDING)
  @ApiProblems(400, 409, 503)
  async inject(
    @Body() dto: InjectDisturbanceDto,
    @Caller() { name }: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DisturbanceDto | PendingCommandDto> {
    return answered(await this.plant.inject(dto, name), response);
  }

  @Delete('disturbances/:idv')
  @HttpCode(204)
  @ApiOperation({ operationId: 'clearDisturbance', summary: 'Switch a disturbance off' })
  @ApiNoContentResponse()
  @ApiAcceptedResponse(PENDING)
  @ApiProblems(400, 404, 409, 503)
  async clear(
    @Param() { idv }: DisturbanceIdvParams,
    @Caller() { name }: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PendingCommandDto | undefined> {
    return answered(await this.plant.clear(idv, name), response);
  }
}

/** A command that waits is answered 202 whatever the route answers otherwise. */
function answered<T>(answer: T | PendingCommandDto, response: Response): T | PendingCommandDto {
  if (answer instanceof PendingCommandDto) response.status(202);
  return answer;
}
