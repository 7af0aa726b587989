import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';

const TAG_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/;

/** The path parameter of everything below /tags/{code}. */
export class TagCodeParams {
  @ApiProperty({ example: 'XMEAS_07', description: 'Code of the tag', pattern: TAG_PATTERN.source })
  @Matches(TAG_PATTERN, { message: 'code must be 1 to 40 characters of A-Z, a-z, 0-9, _, . and -' })
  code!: string;
}
