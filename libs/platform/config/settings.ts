import { validateSync } from 'class-validator';

/**
 * A group of settings: a class of properties marked `@Variable`, with their defaults, beside the code they are for. It is
 * injected as it is.
 */
export type SettingsGroup<Group extends object = object> = new () => Group;

/** An environment variable and the property that has its value. */
interface DeclaredVariable {
  name: string;
  property: string;
  read: (text: string) => unknown;
}

const DECLARED = new Map<object, DeclaredVariable[]>();

/**
 * Marks the property that has the value of an environment variable; a variable that is not set, or empty, leaves the
 * default. The value is validated by class-validator's decorators beside it.
 * @param read makes the value of the text; an error it throws is a problem of the variable and has to name it
 */
export function Variable(
  name: string,
): <Property extends string>(group: Record<Property, string | undefined>, property: Property) => void;
export function Variable<Value>(
  name: string,
  read: (text: string) => Value,
): <Property extends string>(group: Record<Property, Value | undefined>, property: Property) => void;
export function Variable(name: string, read: (text: string) => unknown = (text) => text) {
  return (group: object, property: string): void => {
    DECLARED.set(group, [...(DECLARED.get(group) ?? []), { name, property, read }]);
  };
}

/** Reads the text of a variable as a number; what is none becomes NaN, which no validator of numbers accepts. */
export function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** The names of a group's variables, in the order of its properties. */
export function variablesOf(group: SettingsGroup): string[] {
  return declaredBy(group).map(({ name }) => name);
}

/**
 * Reads the settings of a group.
 * @returns them, and what is wrong with which variable
 */
export function readSettings<Group extends object>(
  group: SettingsGroup<Group>,
  environment: Readonly<Record<string, string | undefined>>,
): { settings: Group; problems: string[] } {
  const settings = new group();
  const unreadable = new Map<string, string>();
  for (const { name, property, read } of declaredBy(group)) {
    const text = environment[name];
    if (text === undefined || text === '') continue;
    try {
      Object.assign(settings, { [property]: read(text) });
    } catch (error) {
      unreadable.set(property, (error as Error).message);
    }
  }
  const refused = validateSync(settings, { forbidUnknownValues: false })
    .filter(({ property }) => !unreadable.has(property))
    // Decorators speak from the lowest to the topmost; the topmost says what kind of value it has to be at all.
    .flatMap(({ property, constraints = {} }) =>
      Object.values(constraints)
        .slice(-1)
        .map((message) => message.replace(property, nameOf(group, property))),
    );
  return { settings, problems: [...unreadable.values(), ...refused] };
}

function declaredBy(group: SettingsGroup): DeclaredVariable[] {
  return DECLARED.get(group.prototype as object) ?? [];
}

function nameOf(group: SettingsGroup, property: string): string {
  return declaredBy(group).find((declared) => declared.property === property)?.name ?? property;
}
