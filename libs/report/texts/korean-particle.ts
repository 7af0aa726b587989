/** Final sounds of letters and digits read aloud in Korean: 영 일 이 삼 사 오 육 칠 팔 구, 엘 엠 엔 알, 퍼센트. */
const ENDS_IN_RIEUL = /[178LRlr]/;
const ENDS_IN_OTHER_CONSONANT = /[036MNmn]/;
const HANGUL_FIRST = 0xac00;
const HANGUL_LAST = 0xd7a3;
const FINAL_CONSONANTS = 28;
const RIEUL = 8;

export type ParticlePair = '은/는' | '이/가' | '을/를' | '으로/로';

type FinalSound = 'vowel' | 'rieul' | 'consonant';

/** The word with the particle its last sound asks for: 반응기 + 이/가 → 반응기가, 압력 + 이/가 → 압력이. */
export function withParticle(word: string, pair: ParticlePair): string {
  const [afterConsonant, afterVowel] = pair.split('/');
  const sound = finalSound(word);
  const likeVowel = sound === 'vowel' || (sound === 'rieul' && pair === '으로/로');
  return word + (likeVowel ? afterVowel : afterConsonant);
}

/** Brackets, quotes and blanks at the end are not spoken, so the letter before them decides; a per cent sign is. */
function finalSound(word: string): FinalSound {
  const last = /[\p{L}\p{N}%](?=[^\p{L}\p{N}%]*$)/u.exec(word)?.[0] ?? '';
  const code = last.charCodeAt(0);
  if (code >= HANGUL_FIRST && code <= HANGUL_LAST) {
    const final = (code - HANGUL_FIRST) % FINAL_CONSONANTS;
    return final === 0 ? 'vowel' : final === RIEUL ? 'rieul' : 'consonant';
  }
  if (ENDS_IN_RIEUL.test(last)) return 'rieul';
  return ENDS_IN_OTHER_CONSONANT.test(last) ? 'consonant' : 'vowel';
}
