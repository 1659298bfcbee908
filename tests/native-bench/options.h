// The command line: bitmatmul_bench COMMAND [--name value]...
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bitmatmul::bench {

class Options {
 public:
  // --help prints the defaults and ends the program. Throws std::runtime_error for an option that is not among the
  // defaults, and for one without a value.
  Options(int argc, char** argv, std::map<std::string, std::string> defaults);

  const std::string& Text(const std::string& name) const { return values_.at(name); }
  // "true" or "false"; throws for anything else, as all of these do.
  bool Flag(const std::string& name) const;
  int64_t Integer(const std::string& name, int64_t least) const;
  // Comma-separated.
  std::vector<std::string> List(const std::string& name) const;
  std::vector<int64_t> Integers(const std::string& name, int64_t least) const;

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace bitmatmul::bench
