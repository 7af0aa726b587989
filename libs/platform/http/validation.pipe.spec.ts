import { describe, expect, it } from '#jest';
import { IsInt, IsNotEmpty, IsString, Max, MaxLength, Min } from 'class-validator';
import { AppError } from '../failure/errors.js';
import { validationPipe } from './validation.pipe.js';

class OrderDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(5)
  name!: string;

  @IsInt()
  @Min(1)
  @Max(20)
  steps!: number;
}

describe('the validation of a body', () => {
  async function complaints(body: object): Promise<string[]> {
    try {
      await validationPipe().transform(body, { type: 'body', metatype: OrderDto });
      return [];
    } catch (error) {
      return (error as AppError).fields.map(({ field, message }) => `${field}: ${message}`);
    }
  }

  it.each([
    [{}, ['name: name must be a string', 'steps: steps must be an integer number']],
    [{ name: null, steps: '5' }, ['name: name must be a string', 'steps: steps must be an integer number']],
    [{ name: 'abcdef', steps: 21 }, [/shorter than or equal to 5/, /must not be greater than 20/]],
    [{ name: '', steps: 0 }, [/should not be empty/, /must not be less than 1/]],
    [{ name: 'abc', steps: 5, colour: 'red' }, ['colour: property colour should not exist']],
    [{ name: 'abc', steps: 5 }, []],
  ])('says of %j first what kind of value is needed', async (body, expected) => {
    const found = await complaints(body);
    expect(found).toHaveLength(expected.length);
    expected.forEach((text, i) => expect(found[i]).toMatch(text));
  });
});
