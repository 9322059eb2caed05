// A plugin of the simulator oclgrind: how well a warp's accesses fit memory, by line of the kernel's source.
//
// Local memory: 32 banks of 4 bytes. A warp of 32 work-items is served in phases of at most 128 bytes: all lanes at once
// for 4 bytes each, half of them for 8, a quarter for 16. A phase takes as many turns as the busiest bank has distinct
// words; one is ideal. Global memory: sectors of 32 bytes. A request takes as many as it touches; ideal is as many as its
// distinct bytes would fill.
//
// Accesses of one warp belong to one request if each lane makes them at the same instruction, the same number of times
// since the last barrier. Four stores of a line to local memory that fill 16 aligned bytes in each lane are one: the simulator's
// compiler splits some stores of a float4, which the GPUs' compilers make one instruction of. Writes the file that BANKS_REPORT names, after every kernel, with the sums since the process
// started: kernel, file, line, space, operation, bytes of an access, requests, turns or sectors, the ideal number of them.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DebugLoc.h"
#include "llvm/IR/Instruction.h"

#include "oclgrind/Context.h"
#include "oclgrind/Kernel.h"
#include "oclgrind/KernelInvocation.h"
#include "oclgrind/Memory.h"
#include "oclgrind/Plugin.h"
#include "oclgrind/WorkGroup.h"
#include "oclgrind/WorkItem.h"

namespace {

constexpr size_t WARP = 32, BANKS = 32, WORD = 4, PHASE = BANKS * WORD, SECTOR = 32;

struct Access {
  size_t lane, address, size;
};
using Request = std::vector<Access>;

// kernel, file, line, address space, is a store, bytes of an access
using Place = std::tuple<std::string, std::string, unsigned, unsigned, bool, size_t>;

struct Cost {
  unsigned long requests = 0, actual = 0, ideal = 0;
};
std::map<Place, Cost> costs;  // of the process

void addBankTurns(const Request &request, Cost &cost) {
  const size_t size = std::max(request[0].size, WORD), lanes = std::max<size_t>(PHASE / size, 1);
  for (size_t begin = 0; begin < WARP; begin += lanes) {
    std::map<size_t, std::set<size_t>> words;  // by bank
    for (const Access &access : request) {
      if (access.lane < begin || access.lane >= begin + lanes) continue;
      for (size_t word = access.address / WORD; word <= (access.address + access.size - 1) / WORD; word++)
        words[word % BANKS].insert(word);
    }
    size_t turns = 0;
    for (const auto &bank : words) turns = std::max(turns, bank.second.size());
    if (turns == 0) continue;
    cost.actual += turns;
    // An access of more than a phase has no choice.
    cost.ideal += std::max<size_t>((size + PHASE - 1) / PHASE, 1);
  }
}

void addSectors(const Request &request, Cost &cost) {
  std::set<size_t> sectors, bytes;
  for (const Access &access : request) {
    for (size_t byte = access.address; byte < access.address + access.size; byte++) {
      bytes.insert(byte);
      sectors.insert(byte / SECTOR);
    }
  }
  cost.actual += sectors.size();
  cost.ideal += (bytes.size() + SECTOR - 1) / SECTOR;
}

class Banks : public oclgrind::Plugin {
 public:
  explicit Banks(const oclgrind::Context *context) : Plugin(context) {}

  bool isThreadSafe() const override { return false; }

  void memoryLoad(const oclgrind::Memory *memory, const oclgrind::WorkItem *item, size_t address,
                  size_t size) override {
    add(memory, item, address, size, false);
  }

  void memoryStore(const oclgrind::Memory *memory, const oclgrind::WorkItem *item, size_t address, size_t size,
                   const uint8_t *) override {
    add(memory, item, address, size, true);
  }

  void workGroupBarrier(const oclgrind::WorkGroup *, uint32_t) override { flush(); }
  void workGroupComplete(const oclgrind::WorkGroup *) override { flush(); }

  void kernelBegin(const oclgrind::KernelInvocation *invocation) override {
    kernel = invocation->getKernel()->getName();
  }

  void kernelEnd(const oclgrind::KernelInvocation *) override {
    const char *path = getenv("BANKS_REPORT");
    FILE *report = path ? fopen(path, "w") : nullptr;
    if (!report) {
      fprintf(stderr, "BANKS_REPORT must name a file that can be written, but is %s\n", path ? path : "not set");
      exit(1);
    }
    for (const auto &[place, cost] : costs) {
      const auto &[name, file, line, space, store, size] = place;
      fprintf(report, "%s\t%s\t%u\t%s\t%s\t%zu\t%lu\t%lu\t%lu\n", name.c_str(), file.c_str(), line,
              space == oclgrind::AddrSpaceLocal ? "local" : "global", store ? "store" : "load", size, cost.requests,
              cost.actual, cost.ideal);
    }
    fclose(report);
  }

 private:
  using Instance = std::tuple<const llvm::Instruction *, size_t, unsigned>;  // instruction, warp, how manieth time

  std::string kernel;
  std::map<Instance, std::pair<Place, Request>> open;
  std::map<std::pair<const llvm::Instruction *, size_t>, unsigned> times;  // by instruction and work-item

  void add(const oclgrind::Memory *memory, const oclgrind::WorkItem *item, size_t address, size_t size, bool store) {
    const unsigned space = memory->getAddressSpace();
    if (space != oclgrind::AddrSpaceLocal && space != oclgrind::AddrSpaceGlobal) return;
    const llvm::Instruction *instruction = item->getCurrentInstruction();
    const oclgrind::Size3 id = item->getLocalID(), group = item->getWorkGroup()->getGroupSize();
    const size_t number = id.x + group.x * (id.y + group.y * id.z);
    const unsigned time = times[{instruction, number}]++;
    auto &request = open[{instruction, number / WARP, time}];
    if (request.second.empty()) request.first = place(instruction, space, store, size);
    request.second.push_back({number % WARP, address, size});
  }

  Place place(const llvm::Instruction *instruction, unsigned space, bool store, size_t size) const {
    const llvm::DILocation *location = instruction->getDebugLoc().get();
    // The storage types' functions access what their callers say.
    while (location && location->getFilename() == "lib/common/types.clh" && location->getInlinedAt())
      location = location->getInlinedAt();
    return {kernel, location ? location->getFilename().str() : "?", location ? location->getLine() : 0, space, store,
            size};
  }

  // Whether each lane stores to one word behind the other's.
  static bool follows(const Request &first, const Request &second, size_t words) {
    if (first.size() != second.size()) return false;
    for (size_t i = 0; i < first.size(); i++)
      if (first[i].lane != second[i].lane || second[i].address != first[i].address + words * WORD) return false;
    return true;
  }

  static bool isAligned(const Request &request, size_t size) {
    return std::all_of(request.begin(), request.end(),
                       [size](const Access &access) { return access.address % size == 0; });
  }

  // The requests since the last barrier, with stores that were split put together.
  std::vector<std::pair<Place, Request>> joined() {
    std::vector<std::pair<Place, Request>> requests;
    std::map<std::tuple<Place, size_t, unsigned>, std::vector<Request *>> words;  // by place, warp, how manieth time
    for (auto &[instance, entry] : open) {
      const auto &[name, file, line, space, store, size] = entry.first;
      if (space == oclgrind::AddrSpaceLocal && store && size == WORD)
        words[{entry.first, std::get<1>(instance), std::get<2>(instance)}].push_back(&entry.second);
      else
        requests.push_back(entry);
    }
    for (auto &[key, parts] : words) {
      std::sort(parts.begin(), parts.end(),
                [](const Request *a, const Request *b) { return (*a)[0].address < (*b)[0].address; });
      for (size_t i = 0; i < parts.size();) {
        Place place = std::get<0>(key);
        Request request = *parts[i];
        const bool whole = i + 3 < parts.size() && isAligned(request, 4 * WORD) && follows(request, *parts[i + 1], 1) &&
                           follows(request, *parts[i + 2], 2) && follows(request, *parts[i + 3], 3);
        if (whole) {
          std::get<5>(place) = 4 * WORD;
          for (Access &access : request) access.size = 4 * WORD;
        }
        requests.push_back({place, request});
        i += whole ? 4 : 1;
      }
    }
    return requests;
  }

  void flush() {
    for (const auto &[where, request] : joined()) {
      Cost &cost = costs[where];
      cost.requests++;
      if (std::get<3>(where) == oclgrind::AddrSpaceLocal)
        addBankTurns(request, cost);
      else
        addSectors(request, cost);
    }
    open.clear();
    times.clear();
  }
};

std::map<const oclgrind::Context *, std::unique_ptr<Banks>> plugins;

}  // namespace

extern "C" void initializePlugins(oclgrind::Context *context) {
  plugins[context] = std::make_unique<Banks>(context);
  context->registerPlugin(plugins[context].get());
}

extern "C" void releasePlugins(oclgrind::Context *context) {
  context->unregisterPlugin(plugins[context].get());
  plugins.erase(context);
}
