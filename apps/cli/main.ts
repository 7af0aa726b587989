import { TAG_COUNT } from '#tep'; const x = TAG_COUNT;
void x;
