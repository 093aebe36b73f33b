const broken = () => {
  throw new Error('disk on fire');
};
export default {
  name: 'throws-in-call',
  retrievers: { r: { summary: 'throws', create: () => ({ retrieve: broken }) } },
  scorers: { s: { summary: 'throws', create: () => ({ score: broken }) } },
  rerankers: { k: { summary: 'throws', create: () => ({ rerank: broken }) } },
  filters: { f: { summary: 'throws', create: () => ({ judge: broken }) } },
  stages: { t: { summary: 'throws', create: () => ({ adjust: broken }) } },
};
