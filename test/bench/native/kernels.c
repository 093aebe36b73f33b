// The kernels of src/math/kernels in C with AVX2 and FMA: same algorithms, same data, as fast as they readily get.
// Usage: kernels FILE, where FILE holds the data that native.ts wrote. Each line of input is `NAME CALLS`; each line of
// output is the CPU seconds per call and a sum over the result.
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { D = 64 };

static uint8_t *data, *place;
static void *take(size_t bytes) {
  void *at = place;
  place += (bytes + 63) & ~(size_t)63;
  return at;
}

static float sum8(__m256 v) {
  __m128 a = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  a = _mm_add_ps(a, _mm_movehl_ps(a, a));
  return _mm_cvtss_f32(_mm_add_ss(a, _mm_shuffle_ps(a, a, 1)));
}

/* Top-100 of 50,000 rows */
enum { ROWS = 50000, LIMIT = 100 };
static float *rows, *query;
static struct hit { float score; uint32_t row; } heap[LIMIT];

static int worse(struct hit a, struct hit b) {
  return a.score < b.score || (a.score == b.score && a.row > b.row);
}
static void sink(int size, int hole, struct hit hit) {
  for (int child; (child = 2 * hole + 1) < size; hole = child) {
    if (child + 1 < size && worse(heap[child + 1], heap[child])) child++;
    if (!worse(heap[child], hit)) break;
    heap[hole] = heap[child];
  }
  heap[hole] = hit;
}
static void heapify(int size) {
  for (int i = size / 2 - 1; i >= 0; i--) sink(size, i, heap[i]);
}
static double nearest(void) {
  int size = 0;
  float worst = -INFINITY;
  __m256 q[8];
  for (int j = 0; j < 8; j++) q[j] = _mm256_loadu_ps(query + 8 * j);
  for (uint32_t row = 0; row < ROWS; row += 4) {
    const float *a = rows + (size_t)row * D;
    __m256 s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    for (int j = 0; j < 8; j++) {
      s0 = _mm256_fmadd_ps(q[j], _mm256_loadu_ps(a + 8 * j), s0);
      s1 = _mm256_fmadd_ps(q[j], _mm256_loadu_ps(a + D + 8 * j), s1);
      s2 = _mm256_fmadd_ps(q[j], _mm256_loadu_ps(a + 2 * D + 8 * j), s2);
      s3 = _mm256_fmadd_ps(q[j], _mm256_loadu_ps(a + 3 * D + 8 * j), s3);
    }
    __m256 t = _mm256_hadd_ps(_mm256_hadd_ps(s0, s1), _mm256_hadd_ps(s2, s3));
    __m128 scores = _mm_add_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1));
    int better = _mm_movemask_ps(_mm_cmpgt_ps(scores, _mm_set1_ps(worst)));
    if (!better) continue;
    float lanes[4];
    _mm_storeu_ps(lanes, scores);
    for (; better; better &= better - 1) {
      int lane = __builtin_ctz(better);
      struct hit hit = {lanes[lane], row + lane};
      if (size < LIMIT) {
        heap[size] = hit;
        if (++size < LIMIT) continue;
        heapify(size);
      } else if (worse(heap[0], hit)) sink(size, 0, hit);
      worst = heap[0].score;
    }
  }
  for (int end = size - 1; end > 0; end--) {
    struct hit last = heap[end];
    heap[end] = heap[0];
    sink(end, 0, last);
  }
  double sum = 0;
  for (int i = 0; i < size; i++) sum += heap[i].score;
  return sum;
}

/* Cholesky of a 64 x 64 system, and least squares of 100 rated rows each, whose system is made first */
enum { RATED = 100, SYSTEMS = 64 };
static float *systems, *sides, *factors, *confidences, *diagonal, *penalties;
static uint32_t *rated;
static float work[D * D] __attribute__((aligned(64))), x[D] __attribute__((aligned(64)));
static float gathered[RATED * D] __attribute__((aligned(64)));

// U of A = UᵀU above the diagonal, 4 rows by 16 columns at a time; the diagonal gets reciprocals.
static void solve(void) {
  for (int r = 0; r < D; r += 4) {
    for (int c = r & ~15; c < D; c += 16) {
      float *at = work + r * D + c;
      __m256 s[4][2];
      for (int i = 0; i < 4; i++)
        for (int j = 0; j < 2; j++) s[i][j] = _mm256_load_ps(at + i * D + 8 * j);
      for (int k = 0; k < r; k++) {
        __m256 b0 = _mm256_load_ps(work + k * D + c), b1 = _mm256_load_ps(work + k * D + c + 8);
        for (int i = 0; i < 4; i++) {
          __m256 u = _mm256_broadcast_ss(work + k * D + r + i);
          s[i][0] = _mm256_fnmadd_ps(u, b0, s[i][0]);
          s[i][1] = _mm256_fnmadd_ps(u, b1, s[i][1]);
        }
      }
      for (int i = 0; i < 4; i++)
        for (int j = 0; j < 2; j++) _mm256_store_ps(at + i * D + 8 * j, s[i][j]);
    }
    for (int i = 0; i < 4; i++) {
      float *u = work + (r + i) * D;
      float inverse = 1 / sqrtf(u[r + i]);
      for (int j = (r + i) & ~7; j < D; j += 8)
        _mm256_store_ps(u + j, _mm256_mul_ps(_mm256_load_ps(u + j), _mm256_set1_ps(inverse)));
      u[r + i] = inverse;
      for (int below = i + 1; below < 4; below++) {
        float *v = work + (r + below) * D;
        __m256 f = _mm256_set1_ps(u[r + below]);
        for (int j = r & ~7; j < D; j += 8)
          _mm256_store_ps(v + j, _mm256_fnmadd_ps(f, _mm256_load_ps(u + j), _mm256_load_ps(v + j)));
      }
      float y = x[r + i] * inverse;
      float kept[8];
      memcpy(kept, x + ((r + i) & ~7), 32);
      for (int j = (r + i) & ~7; j < D; j += 8)
        _mm256_store_ps(x + j, _mm256_fnmadd_ps(_mm256_set1_ps(y), _mm256_load_ps(u + j), _mm256_load_ps(x + j)));
      memcpy(x + ((r + i) & ~7), kept, 4 * ((r + i) & 7));
      x[r + i] = y;
    }
  }
  for (int r = D - 1; r >= 0; r--) {
    const float *u = work + r * D;
    float sum = x[r];
    int j = r + 1;
    for (; j < D && (j & 7); j++) sum -= u[j] * x[j];
    __m256 s = _mm256_setzero_ps();
    for (; j < D; j += 8) s = _mm256_fmadd_ps(_mm256_load_ps(u + j), _mm256_load_ps(x + j), s);
    x[r] = (sum - sum8(s)) * u[r];
  }
}
static double sumOfX(void) {
  double sum = 0;
  for (int i = 0; i < D; i++) sum += x[i];
  return sum;
}
static double cholesky(void) {
  double sum = 0;
  for (int s = 0; s < SYSTEMS; s++) {
    memcpy(work, systems + s * D * D, sizeof work);
    memcpy(x, sides + s * D, sizeof x);
    solve();
    sum += sumOfX();
  }
  return sum;
}
static double als(void) {
  double sum = 0;
  for (int s = 0; s < SYSTEMS; s++) {
    memset(work, 0, sizeof work);
    for (int j = 0; j < D; j++) work[j * D + j] = diagonal[j] + penalties[s];
    __m256 side[8];
    for (int j = 0; j < 8; j++) side[j] = _mm256_setzero_ps();
    for (int k = 0; k < RATED; k++) {
      const float *v = factors + (size_t)rated[s * RATED + k] * D;
      __m256 value = _mm256_broadcast_ss(confidences + s * RATED + k), root = _mm256_sqrt_ps(value);
      for (int j = 0; j < 8; j++) {
        __m256 part = _mm256_load_ps(v + 8 * j);
        _mm256_store_ps(gathered + k * D + 8 * j, _mm256_mul_ps(root, part));
        side[j] = _mm256_fmadd_ps(value, part, side[j]);
      }
    }
    for (int j = 0; j < 8; j++) _mm256_store_ps(x + 8 * j, side[j]);
    for (int r = 0; r < D; r += 4)
      for (int c = r & ~15; c < D; c += 16) {
        float *at = work + r * D + c;
        __m256 t[4][2];
        for (int i = 0; i < 4; i++)
          for (int j = 0; j < 2; j++) t[i][j] = _mm256_load_ps(at + i * D + 8 * j);
        for (int k = 0; k < RATED; k++) {
          const float *v = gathered + k * D;
          __m256 b0 = _mm256_load_ps(v + c), b1 = _mm256_load_ps(v + c + 8);
          for (int i = 0; i < 4; i++) {
            __m256 a = _mm256_broadcast_ss(v + r + i);
            t[i][0] = _mm256_fmadd_ps(a, b0, t[i][0]);
            t[i][1] = _mm256_fmadd_ps(a, b1, t[i][1]);
          }
        }
        for (int i = 0; i < 4; i++)
          for (int j = 0; j < 2; j++) _mm256_store_ps(at + i * D + 8 * j, t[i][j]);
      }
    solve();
    sum += sumOfX();
  }
  return sum;
}

/* Sparse times dense: 70,000 rows, 1,000,000 entries, 64 columns */
enum { SPARSE_ROWS = 70000, ENTRIES = 1000000 };
static uint32_t *offsets, *codes;
static float *values, *dense, *product;
static double spmm(void) {
  for (int r = 0; r < SPARSE_ROWS; r++) {
    __m256 s[8];
    for (int j = 0; j < 8; j++) s[j] = _mm256_setzero_ps();
    for (uint32_t at = offsets[r]; at < offsets[r + 1]; at++) {
      const float *source = dense + (size_t)codes[at] * D;
      __m256 v = _mm256_broadcast_ss(values + at);
      for (int j = 0; j < 8; j++) s[j] = _mm256_fmadd_ps(v, _mm256_loadu_ps(source + 8 * j), s[j]);
    }
    for (int j = 0; j < 8; j++) _mm256_storeu_ps(product + (size_t)r * D + 8 * j, s[j]);
  }
  return product[D] + product[(SPARSE_ROWS - 1) * D];
}

/* Skip-gram with 5 negatives, 20,000 items */
enum { ITEMS = 20000, PAIRS = 4096, NEGATIVES = 5 };
static float *input, *output, *logistic;
static uint32_t *pairs, *aliases, state[4];
static uint32_t next(void) {
  uint32_t t = state[3], s = state[0];
  state[3] = state[2];
  state[2] = state[1];
  state[1] = s;
  t ^= t << 11;
  t ^= t >> 8;
  return state[0] = t ^ s ^ (s >> 19);
}
static uint32_t draw(void) {
  uint32_t item = ((uint64_t)next() * ITEMS) >> 32;
  return next() < aliases[2 * item] ? item : aliases[2 * item + 1];
}
static double skipGram(void) {
  for (int p = 0; p < PAIRS; p++) {
    float *center = input + (size_t)pairs[2 * p] * D;
    float *targets[NEGATIVES + 1], steps[NEGATIVES + 1];
    targets[0] = output + (size_t)pairs[2 * p + 1] * D;
    for (int t = 1; t <= NEGATIVES; t++) targets[t] = output + (size_t)draw() * D;
    __m256 v[8], g[8];
    for (int j = 0; j < 8; j++) v[j] = _mm256_loadu_ps(center + 8 * j), g[j] = _mm256_setzero_ps();
    for (int t = 0; t <= NEGATIVES; t++) {
      __m256 a = _mm256_setzero_ps(), b = a;
      for (int j = 0; j < 8; j += 2) {
        a = _mm256_fmadd_ps(v[j], _mm256_loadu_ps(targets[t] + 8 * j), a);
        b = _mm256_fmadd_ps(v[j + 1], _mm256_loadu_ps(targets[t] + 8 * j + 8), b);
      }
      float dot = sum8(_mm256_add_ps(a, b));
      dot = dot > 6 ? 6 : dot < -6 ? -6 : dot;
      float likely = logistic[(int)((dot + 6) * 85.25f + 0.5f)];
      steps[t] = t == 0 ? 0.025f * (1 - likely) : targets[t] == targets[0] ? 0 : -0.025f * likely;
    }
    for (int t = 0; t <= NEGATIVES; t++) {
      __m256 step = _mm256_set1_ps(steps[t]);
      for (int j = 0; j < 8; j++) {
        __m256 o = _mm256_loadu_ps(targets[t] + 8 * j);
        g[j] = _mm256_fmadd_ps(step, o, g[j]);
        _mm256_storeu_ps(targets[t] + 8 * j, _mm256_fmadd_ps(step, v[j], o));
      }
    }
    for (int j = 0; j < 8; j++) _mm256_storeu_ps(center + 8 * j, _mm256_add_ps(v[j], g[j]));
  }
  return input[0];
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
  FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
  if (!file) return 1;
  fseek(file, 0, SEEK_END);
  size_t bytes = ftell(file);
  rewind(file);
  size_t extra = (size_t)SPARSE_ROWS * D * 4;
  place = data = aligned_alloc(64, ((bytes + extra + 64) | 63) + 1);
  if (fread(data, 1, bytes, file) != bytes) return 1;
  rows = take((size_t)ROWS * D * 4);
  query = take(D * 4);
  systems = take(SYSTEMS * D * D * 4);
  sides = take(SYSTEMS * D * 4);
  rated = take(SYSTEMS * RATED * 4);
  confidences = take(SYSTEMS * RATED * 4);
  diagonal = take(D * 4);
  penalties = take(SYSTEMS * 4);
  offsets = take((SPARSE_ROWS + 1) * 4);
  codes = take(ENTRIES * 4);
  values = take(ENTRIES * 4);
  dense = take((size_t)SPARSE_ROWS * D * 4);
  input = take((size_t)ITEMS * D * 4);
  output = take((size_t)ITEMS * D * 4);
  aliases = take(ITEMS * 8);
  pairs = take(PAIRS * 8);
  logistic = take(1024 * 4);
  memcpy(state, take(16), 16);
  product = take(extra);
  factors = rows;
  char name[32];
  int calls;
  while (scanf("%31s %d", name, &calls) == 2) {
    double (*body)(void) = !strcmp(name, "nearest") ? nearest : !strcmp(name, "cholesky") ? cholesky
      : !strcmp(name, "als") ? als : !strcmp(name, "spmm") ? spmm : skipGram;
    double sum = body(), start = now(); // the first fills the caches
    for (int i = 0; i < calls; i++) sum = body();
    printf("%.9g %.9g\n", (now() - start) / calls, sum);
    fflush(stdout);
  }
  return 0;
}
