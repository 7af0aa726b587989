import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import {
  AnswerHeaders,
  API_PREFIX,
  ApiProblems,
  entityTag,
  ETAG_HEADER,
  keptAnswer,
  type KeptAnswer,
  type Page,
  versionOfIfMatch,
} from '#platform';
import { CATALOGUE } from './catalogue.js';
import { CreateEquipmentDto } from './dto/create-equipment.dto.js';
import { EquipmentDto, EquipmentPageDto } from './dto/equipment.dto.js';
import { EquipmentIdParams } from './dto/equipment-id.params.js';
import { EquipmentListQuery } from './dto/equipment-list.query.js';
import { UpdateEquipmentDto } from './dto/update-equipment.dto.js';
import type { Equipment } from './equipment.entity.js';
import { EquipmentService } from './equipment.service.js';

@ApiTags('Equipment')
@Controller('equipment')
export class EquipmentController {
  constructor(private readonly equipment: EquipmentService) {}

  @Get()
  @ApiOperation({ operationId: 'listEquipment', summary: 'List equipment, upstream first' })
  @ApiOkResponse({ type: EquipmentPageDto })
  @ApiProblems(400)
  list(@Query() query: EquipmentListQuery): KeptAnswer<Page<EquipmentDto>> {
    return keptAnswer({ from: [CATALOGUE] }, () => this.equipment.list(query));
  }

  @Post()
  @ApiOperation({ operationId: 'createEquipment', summary: 'Register an equipment' })
  @ApiCreatedResponse({ type: EquipmentDto, headers: ETAG_HEADER })
  @ApiProblems(400, 409)
  @AnswerHeaders<EquipmentDto>({ location: ({ eq_id }) => `${API_PREFIX}/equipment/${eq_id}` })
  async create(
    @Body() dto: CreateEquipmentDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<EquipmentDto> {
    return presented(await this.equipment.create(dto), response);
  }

  @Get(':eq_id')
  @ApiOperation({ operationId: 'getEquipment', summary: 'Read an equipment' })
  @ApiOkResponse({ type: EquipmentDto, headers: ETAG_HEADER })
  @ApiProblems(400, 404)
  async read(
    @Param() { eq_id }: EquipmentIdParams,
    @Res({ passthrough: true }) response: Response,
  ): Promise<EquipmentDto> {
    return presented(await this.equipment.require(eq_id), response);
  }

  @Patch(':eq_id')
  @ApiOperation({
    operationId: 'updateEquipment',
    summary: 'Change an equipment, if it is still the version you read',
  })
  @ApiHeader({
    name: 'If-Match',
    description: 'ETag of the version you read',
    required: true,
    example: '"1"',
  })
  @ApiOkResponse({ type: EquipmentDto, headers: ETAG_HEADER })
  @ApiProblems(400, 404, 412, 428)
  async update(
    @Param() { eq_id }: EquipmentIdParams,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() dto: UpdateEquipmentDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<EquipmentDto> {
    return presented(await this.equipment.update(eq_id, versionOfIfMatch(ifMatch), dto), response);
  }

  @Delete(':eq_id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteEquipment', summary: 'Remove an equipment nothing refers to' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409)
  delete(@Param() { eq_id }: EquipmentIdParams): Promise<void> {
    return this.equipment.delete(eq_id);
  }
}

function presented(equipment: Equipment, response: Response): EquipmentDto {
  response.setHeader('ETag', entityTag(equipment.version));
  return EquipmentDto.of(equipment);
}
