import { ApiProperty } from '@nestjs/swagger';
import { API_PREFIX } from '#platform';

/** The 202 of a command that no process has carried out yet. */
export class PendingCommandDto {
  @ApiProperty({ type: 'integer', example: 17 })
  command_id!: number;

  @ApiProperty({
    example: true,
    description:
      'The command is stored; the process that keeps the plant carries it out as soon as there is one',
  })
  pending!: true;

  @ApiProperty({ example: `${API_PREFIX}/plant`, description: 'Shows when it has happened' })
  status_url!: string;
}
