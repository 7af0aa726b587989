import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Caller, type Page, type Principal } from '#platform';
import { AcknowledgeIncidentDto } from './dto/acknowledge-incident.dto.js';
import { IncidentIdParams } from './dto/incident-id.params.js';
import { IncidentListQuery } from './dto/incident-list.query.js';
import { IncidentDetailDto, IncidentDto, IncidentPageDto } from './dto/incident.dto.js';
import { IncidentService } from './incident.service.js';

@ApiTags('Incident')
@Controller('incidents')
export class IncidentController {
  constructor(private readonly incidents: IncidentService) {}

  @Get()
  @ApiOperation({ operationId: 'listIncidents', summary: 'List incidents, the newest first' })
  @ApiOkResponse({ type: IncidentPageDto })
  @ApiProblems(400, 404)
  list(@Query() query: IncidentListQuery): Promise<Page<IncidentDto>> {
    return this.incidents.list(query);
  }

  @Get(':incident_id')
  @ApiOperation({ operationId: 'getIncident', summary: 'Read an incident with its anomalies and diagnoses' })
  @ApiOkResponse({ type: IncidentDetailDto })
  @ApiProblems(400, 404)
  read(@Param() { incident_id }: IncidentIdParams): Promise<IncidentDetailDto> {
    return this.incidents.read(incident_id);
  }

  @Post(':incident_id/acknowledge')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'acknowledgeIncident',
    summary: 'Say that somebody has seen to it and to its anomalies',
  })
  @ApiOkResponse({ type: IncidentDetailDto })
  @ApiProblems(400, 404, 409)
  acknowledge(
    @Param() { incident_id }: IncidentIdParams,
    @Body() { comment }: AcknowledgeIncidentDto,
    @Caller() caller: Principal,
  ): Promise<IncidentDetailDto> {
    return this.incidents.acknowledge(incident_id, comment, caller);
  }
}
