import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import {
  AnswerHeaders,
  API_PREFIX,
  ApiProblems,
  entityTag,
  ETAG_HEADER,
  type Page,
  versionOfIfMatch,
} from '#platform';
import { CloseLotDto } from './dto/close-lot.dto.js';
import { CreateLotDto } from './dto/create-lot.dto.js';
import { LotDto, LotPageDto } from './dto/lot.dto.js';
import { LotIdParams } from './dto/lot-id.params.js';
import { LotListQuery } from './dto/lot-list.query.js';
import { UpdateLotDto } from './dto/update-lot.dto.js';
import type { Lot } from './lot.entity.js';
import { LotService } from './lot.service.js';

@ApiTags('Lot')
@Controller('lots')
export class LotController {
  constructor(private readonly lots: LotService) {}

  @Get()
  @ApiOperation({ operationId: 'listLots', summary: 'List lots, newest first' })
  @ApiOkResponse({ type: LotPageDto })
  @ApiProblems(400)
  list(@Query() query: LotListQuery): Promise<Page<LotDto>> {
    return this.lots.list(query);
  }

  @Post()
  @ApiOperation({
    operationId: 'createLot',
    summary: 'Open a lot, or record one that is over; its window must be free',
  })
  @ApiCreatedResponse({ type: LotDto, headers: ETAG_HEADER })
  @ApiProblems(400, 409)
  @AnswerHeaders<LotDto>({ location: ({ lot_id }) => `${API_PREFIX}/lots/${lot_id}` })
  async create(@Body() dto: CreateLotDto, @Res({ passthrough: true }) response: Response): Promise<LotDto> {
    return presented(await this.lots.create(dto), response);
  }

  @Get(':lot_id')
  @ApiOperation({ operationId: 'getLot', summary: 'Read a lot' })
  @ApiOkResponse({ type: LotDto, headers: ETAG_HEADER })
  @ApiProblems(400, 404)
  async read(
    @Param() { lot_id }: LotIdParams,
    @Res({ passthrough: true }) response: Response,
  ): Promise<LotDto> {
    return presented(await this.lots.require(lot_id), response);
  }

  @Patch(':lot_id')
  @ApiOperation({ operationId: 'updateLot', summary: 'Change a lot, if it is still the version you read' })
  @ApiHeader({
    name: 'If-Match',
    description: 'ETag of the version you read',
    required: true,
    example: '"1"',
  })
  @ApiOkResponse({ type: LotDto, headers: ETAG_HEADER })
  @ApiProblems(400, 404, 409, 412, 428)
  async update(
    @Param() { lot_id }: LotIdParams,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() dto: UpdateLotDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<LotDto> {
    return presented(await this.lots.update(lot_id, versionOfIfMatch(ifMatch), dto), response);
  }

  @Post(':lot_id/close')
  @HttpCode(200)
  @ApiOperation({ operationId: 'closeLot', summary: 'Close an open lot' })
  @ApiOkResponse({ type: LotDto, headers: ETAG_HEADER })
  @ApiProblems(400, 404, 409)
  async close(
    @Param() { lot_id }: LotIdParams,
    @Body() dto: CloseLotDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<LotDto> {
    return presented(await this.lots.close(lot_id, dto), response);
  }
}

function presented(lot: Lot, response: Response): LotDto {
  response.setHeader('ETag', entityTag(lot.version));
  return LotDto.of(lot);
}
