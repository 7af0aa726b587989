import { useState } from 'react';
import type { Tag } from '../api/queries.ts';
import { useName, useTexts } from '../shell/settings.tsx';

interface TagChooserProps {
  tags: Tag[];
  chosen: string[];
  choose: (codes: string[]) => void;
}

export function TagChooser({ tags, chosen, choose }: TagChooserProps) {
  const t = useTexts();
  const nameOf = useName();
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const found = tags.filter((tag) => `${tag.tag} ${tag.eq_id} ${nameOf(tag)}`.toLowerCase().includes(wanted));
  return (
    <section className="panel" aria-labelledby="choose-heading">
      <h2 id="choose-heading">{t.trends.choose}</h2>
      <p className="quiet">{t.trends.chosen(chosen.length)}</p>
      <div className="actions">
        <input
          type="search"
          aria-label={t.trends.find}
          placeholder={t.trends.find}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <button onClick={() => choose([])} disabled={chosen.length === 0}>
          {t.common.none}
        </button>
      </div>
      <ul className="tag-chooser">
        {found.map((tag) => (
          <li key={tag.tag}>
            <label>
              <input
                type="checkbox"
                checked={chosen.includes(tag.tag)}
                onChange={({ target }) =>
                  choose(target.checked ? [...chosen, tag.tag] : chosen.filter((code) => code !== tag.tag))
                }
              />
              <span>
                <span className="code">{tag.tag}</span> {nameOf(tag)}
              </span>
            </label>
          </li>
        ))}
      </ul>
    </section>
  );
}
