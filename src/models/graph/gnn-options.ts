import { z } from 'zod';

/** What may be set of a graph network. */
export const gnnSchema = z.strictObject({
  dimensions: z
    .int()
    .min(16)
    .max(512)
    .multipleOf(16)
    .default(64)
    .describe('Length of item vectors'),
  hidden: z
    .array(z.int().min(16).max(512).multipleOf(16))
    .max(3)
    .default([64])
    .describe('Widths of the layers before the last; each layer hears one more step of neighbours'),
  activation: z.enum(['relu', 'tanh']).default('relu').describe('What a hidden layer ends with'),
  propagation: z
    .enum(['learnt', 'lightgcn'])
    .default('learnt')
    .describe(
      "`learnt` is the inductive network; `lightgcn` spreads the teacher's vectors and knows no new items",
    ),
  epochs: z.int().min(1).max(1000).default(5).describe('Passes over the data'),
  stepsPerEpoch: z
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe('Steps between two drawings of neighbours'),
  learningRate: z.number().positive().max(1).default(0.005).describe('Step of the first pass'),
  clipNorm: z
    .number()
    .positive()
    .max(1000)
    .default(1)
    .describe('Greatest Euclidean norm of all gradients together'),
  l2: z.number().min(0).max(1).default(0.003).describe('Pull of all weights to 0'),
  idDropout: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe('Chance that an item is taken for a new one in a step'),
  batch: z
    .int()
    .min(8)
    .max(4096)
    .multipleOf(8)
    .default(512)
    .describe('Cases of the softmax in a step'),
  softmaxWeight: z
    .number()
    .min(0)
    .max(100)
    .default(0.2)
    .describe("Weight of the softmax beside the distance from the teacher's vectors"),
  scale: z.number().min(1).max(100).default(10).describe('Factor of cosines in logits'),
  neighbours: z.int().min(1).max(200).default(20).describe('Neighbours that an item listens to'),
  walks: z
    .int()
    .min(1)
    .max(2000)
    .default(100)
    .describe('Random walks from an item that choose them'),
  walkLength: z.int().min(1).max(5).default(2).describe('Steps of a walk, from item to item'),
  restart: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Chance that a walk begins again after a step'),
  sampling: z
    .enum(['uniform', 'weighted', 'softmax'])
    .default('weighted')
    .describe('How a step of a walk is chosen: all edges alike, by weight, or by e^weight'),
  tauDays: z
    .number()
    .positive()
    .max(100_000)
    .default(365)
    .describe('Days in which what an event counts falls to 1/e'),
  sharpness: z
    .number()
    .min(1)
    .max(32)
    .default(4)
    .describe('Power of the cosine of attributes: how much more the most alike count than others'),
  alike: z.int().min(1).max(1000).default(200).describe('Items alike that are known of each'),
  interestWeight: z
    .number()
    .min(0)
    .max(20)
    .default(2)
    .describe('Power of the interest that comes over the graph, beside the vectors'),
  depth: z.int().min(1).max(3).default(1).describe('Steps that interest goes at most'),
  hopDecay: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('What is left of interest after a step over users'),
  attention: z
    .number()
    .min(0)
    .max(50)
    .default(0)
    .describe('How much more the items of a session count that are like its last; 0 is all alike'),
  recent: z
    .int()
    .min(1)
    .max(1000)
    .default(200)
    .describe('Latest items of a user that are looked at'),
  attributes: z
    .record(
      z.string(),
      z.strictObject({
        role: z
          .enum(['category', 'brand', 'tag', 'number', 'ignore'])
          .optional()
          .describe('What the attribute is'),
        weight: z
          .number()
          .min(0)
          .max(100)
          .optional()
          .describe('How much it counts beside the others'),
      }),
    )
    .default({})
    .describe(
      'What attributes are, by name: by default `category` and `brand` are that, other labels are tags',
    ),
  seed: z.int().default(1).describe('Decides every random draw'),
});

/** Options of a graph network. */
export type GnnOptions = z.output<typeof gnnSchema>;
