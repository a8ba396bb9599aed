import { noChange } from 'lit-html';
import { Directive, directive, PartType, type Part } from 'lit-html/directive.js';

type Field = Element & Record<string, unknown>;

/**
 * Writes a property of a form control unless a person is in it: what is being typed or chosen is never overwritten by a
 * snapshot that was on its way. Writes whenever the control differs, also when the snapshot did not change.
 */
class UnlessEditing extends Directive {
  render(value: string | boolean): unknown {
    return value;
  }

  override update(part: Part, [value]: [string | boolean]): unknown {
    if (part.type !== PartType.PROPERTY) return value;
    const field = part.element as unknown as Field;
    if (!isBeingEdited(field) && field[part.name] !== value) field[part.name] = value;
    return noChange;
  }
}

export const unlessEditing = directive(UnlessEditing);

function isBeingEdited(field: Element): boolean {
  const active = document.activeElement;
  if (!active) return false;
  const owner = field.closest('select') ?? field;
  if (active === owner) return true;
  const isRadio = owner instanceof HTMLInputElement && owner.type === 'radio';
  return (
    isRadio && active instanceof HTMLInputElement && active.name === owner.name && active.type === 'radio'
  );
}
