import { html, type TemplateResult } from 'lit-html';
import { button } from '../button.ts';
import { foreign } from '../foreignText.ts';
import type { PageActions, PageState } from './pageState.ts';
import { text } from './text.ts';

/** A fact that is needed elsewhere, with a button that copies it. */
export function copyable(
  label: string,
  value: string,
  state: PageState,
  actions: PageActions,
): TemplateResult {
  const copied = state.copied === value;
  return html`<dt>${label}</dt>
    <dd class="copyable">
      ${foreign(value, 'code')}
      ${button(
        {
          label: copied ? text.copied : text.copy,
          kind: 'link',
          icon: copied ? 'check' : 'copy',
          spoken: `${copied ? text.copied : text.copy}: ${label}`,
        },
        () => actions.copy(value),
      )}
    </dd>`;
}
